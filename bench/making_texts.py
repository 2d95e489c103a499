"""Texts for evidence items, made from a seed: sentences of the domain in three scripts, with words to be quoted."""

from __future__ import annotations

import hashlib
from random import Random
from typing import NamedTuple

MADE = 1_000
"""Different texts. Items share them, and so the bytes on disk."""

QUOTES = 5
"""Passages to a text."""

LATIN = {
    "who": "The carrier|The ministry|A travel agency|The border service|The operator|An envoy|The airport"
    "|A spokesperson",
    "did": "added|announced|suspended|arranged|described|paid for|withdrew|advertised|coordinated|denied|doubled",
    "what": "charter flights|group visas|buses to the border|the readmission agreement|fuel deliveries|hotel rooms"
    "|equipment for cutting wire|patrols on the river|a transit scheme|talks on funding",
    "where": "near the northern crossing|at the river section|on the forest road|along the eastern fence|at the port"
    "|in the capital|at the regional airport|in the border district",
    "when": "in the first week of July|after the talks had failed|before the summit|within ten days"
    "|throughout the autumn"
    "|as sanctions were being discussed|on the day after the vote",
}
CYRILLIC = {
    "who": "Перевозчик|Министерство|Туристическое агентство|Пограничная служба|Оператор",
    "did": "объявил о|приостановил|организовал|подтвердил|отрицал",
    "what": "чартерные рейсы|групповые визы|автобусы к границе|соглашение о реадмиссии|переговоры о финансировании",
    "where": "у северного перехода|на речном участке|на лесной дороге|в столице",
    "when": "в первую неделю июля|после провала переговоров|перед саммитом|осенью",
}
ARABIC = {
    "who": "شركة النقل|الوزارة|وكالة السفر|حرس الحدود",
    "did": "أعلنت|علقت|نظمت|نفت|أكدت",
    "what": "رحلات جوية مستأجرة|تأشيرات جماعية|حافلات إلى الحدود|اتفاق إعادة القبول",
    "where": "قرب المعبر الشمالي|على النهر|في العاصمة|في المطار",
    "when": "في الأسبوع الأول من يوليو|بعد فشل المحادثات|قبل القمة|في الخريف",
}
LANGUAGES = [("en", LATIN)] * 8 + [("ru", CYRILLIC), ("ar", ARABIC)]
AROUND = 64
"""Characters kept on either side of a quotation."""


class Text(NamedTuple):
    """One file's text. Offsets count code points; `size` counts bytes of UTF-8."""

    number: int
    language: str
    body: str
    sha256: str
    size: int
    quotes: list[str]
    starts: list[int]
    ends: list[int]
    prefixes: list[str]
    suffixes: list[str]


def texts(seed: int) -> list[Text]:
    """The same texts for the same seed."""
    chance = Random(seed)
    return [_text(number, chance) for number in range(MADE)]


def _text(number: int, chance: Random) -> Text:
    language, words = chance.choice(LANGUAGES)
    sentences = [f"Document {number} of the collection."]
    sentences += [a_sentence(words, chance) for _ in range(chance.randint(8, 30))]
    starts, at = [], 0
    for sentence in sentences:
        starts.append(at)
        at += len(sentence) + 1
    body = " ".join(sentences)
    chosen = sorted(chance.sample(range(1, len(sentences)), QUOTES))
    spans = [(starts[each], starts[each] + len(sentences[each])) for each in chosen]
    return Text(
        number,
        language,
        body,
        hashlib.sha256(body.encode()).hexdigest(),
        len(body.encode()),
        [body[start:end] for start, end in spans],
        [start for start, _ in spans],
        [end for _, end in spans],
        [body[max(0, start - AROUND) : start] for start, _ in spans],
        [body[end : end + AROUND] for _, end in spans],
    )


def a_sentence(words: dict[str, str], chance: Random) -> str:
    told = {key: chance.choice(value.split("|")) for key, value in words.items()}
    parts = [told["who"], told["did"], told["what"]]
    parts += [told[key] for key in ("where", "when") if chance.random() < 0.7]
    return " ".join(parts) + "."
