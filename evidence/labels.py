"""Names that came with bytes. They are labels and nothing else: no path is ever made of one."""

import unicodedata
from pathlib import PurePosixPath

MOST_IN_A_NAME = 255
MOST_IN_A_PATH = 1000
"""Characters; what is longer keeps its end, where the extension stands."""

UNNAMED = "unnamed"
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that are not seen, or turn what is seen around."""


def label_of(path: str) -> str:
    """A path inside a container as it may be shown: what cannot be seen in it is shown as `�`."""
    shown = "".join("\ufffd" if unicodedata.category(each) in HIDDEN else each for each in path)
    return shown.strip()[-MOST_IN_A_PATH:] or UNNAMED


def name_of(path: str) -> str:
    """The last part of a path, of whichever system, without its folders."""
    name = PurePosixPath(label_of(path).replace("\\", "/")).name
    return UNNAMED if name in ("", ".", "..") else name[-MOST_IN_A_NAME:]
