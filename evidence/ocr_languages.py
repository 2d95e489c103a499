"""The languages that OCR has data for here, asked of tesseract itself without loading anything that opens files."""

import shutil
import subprocess
from functools import cache

import pycountry


@cache
def installed() -> tuple[str, ...]:
    """As tesseract names them (ISO 639-2), English first; none where it is not installed."""
    program = shutil.which("tesseract")
    if program is None:
        return ()
    told = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False, timeout=20)  # noqa: S603
    found = {line.strip() for line in told.stdout.splitlines()[1:]} - {"osd", ""}
    return tuple(sorted(found, key=lambda each: (each != "eng", each)))


def name_of(language: str) -> str:
    """What a language is called; as tesseract names it where the standard does not know it."""
    known = pycountry.languages.get(alpha_3=language[:3]) or pycountry.languages.get(bibliographic=language[:3])
    return f"{known.name} ({language})" if known else language


def of(language: str) -> list[str]:
    """What OCR has data for of a language (ISO 639-1), as tesseract names it; nothing where it has none."""
    known = pycountry.languages.get(alpha_2=language) if language else None
    return [known.alpha_3] if known and known.alpha_3 in installed() else []
