class SceneRenderValidator:
    @classmethod
    def validate_scene_by_rendering(cls, snippet, scene, directory):
        return {"success": False, "error": "timeout", "duration": 15.25}
