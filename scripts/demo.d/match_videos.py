#!/usr/bin/env python3
"""Matches a video's captions to the source file that drew it."""
import argparse
import json
import re
from pathlib import Path


def words_of(text):
    return set(re.findall(r"[a-z]{4,}", text.lower()))


class VideoMatcher:
    def __init__(self, base_dir):
        self.base_dir = Path(base_dir)

    def captions_of(self, year, caption_dir):
        folder = self.base_dir / "data" / "captions" / str(year) / caption_dir
        title = json.loads((folder / "title.json").read_text())
        return title, (folder / "english" / "captions.srt").read_text()

    def match_video(self, year, caption_dir):
        title, captions = self.captions_of(year, caption_dir)
        wanted = words_of(captions) | words_of(title["title"])
        scores = {}
        for source in sorted((self.base_dir / "data" / "videos" / f"_{year}").glob("*.py")):
            found = words_of(source.read_text().replace("_", " "))
            scores[source.name] = len(wanted & found) / len(wanted)
        best = max(scores, key=scores.get)
        match = {"video_id": title["id"], "title": title["title"], "primary_file": f"data/videos/_{year}/{best}",
                 "confidence": round(scores[best], 3), "status": "matched" if scores[best] > 0.2 else "no_match"}
        folder = self.base_dir / "outputs" / str(year) / caption_dir
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "matches.json").write_text(json.dumps(match, indent=2) + "\n")
        return match


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--year", type=int, default=2015)
    parser.add_argument("--video", required=True)
    options = parser.parse_args()
    print(json.dumps(VideoMatcher(Path.cwd()).match_video(options.year, options.video), indent=2))


if __name__ == "__main__":
    main()
