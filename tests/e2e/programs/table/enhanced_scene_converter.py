class SceneRenderValidator:
    def validate_scene_by_rendering(self, snippet, scene, directory):
        return {"success": False, "error": "AttributeError: 'Ring' object has no attribute 'scale_about'", "duration": 1.5}
