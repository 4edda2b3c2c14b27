"""The recorder's annotations (vlshim.h): what is said here becomes part of the recording. Without the recorder, nothing."""
import json
import os

_BYTES = 16000  # what is longer, the recorder only counts
_SHORTER = (4000, 1000, 200, 40)
_PRIVATE = ("prompt", "code", "content")


try:
    import ctypes
except ImportError:  # a Python that was built without, or whose libffi is not there
    ctypes = None


def _symbols():
    try:
        library = ctypes.CDLL(None)
        note, video = library.vlshim_note, library.vlshim_video
    except (OSError, AttributeError):
        return None
    note.argtypes, note.restype = [ctypes.c_char_p, ctypes.c_char_p], None
    video.argtypes, video.restype = [ctypes.c_char_p], None
    return note, video


_found = _symbols()


def can_be_heard():
    """Whether what make() is given reaches a recorder that is there."""
    return ctypes is not None


def _cut(value, length):
    """Without what may hold prompts and code; long texts and lists shortened."""
    if isinstance(value, dict):
        return {k: _cut(v, length) for k, v in list(value.items())[:length] if k not in _PRIVATE}
    if isinstance(value, list):
        return [_cut(v, length) for v in value[:length]]
    if isinstance(value, str) and len(value) > length:
        return value[:length] + "..."
    return value


def make(kind, said):
    """said: JSON's own types."""
    if not _found:
        return
    for length in _SHORTER:
        text = json.dumps(_cut(said, length), separators=(",", ":")).encode()
        if len(text) <= _BYTES:
            _found[0](kind.encode(), text)
            return


def work_on(folder):
    """From here on this thread works on the video of that folder; None: on the one that its paths tell."""
    if _found:
        _found[1](None if folder is None else os.fsencode(os.path.abspath(folder)))
