"""A memorandum of reasons for a border measure. Pure."""

from __future__ import annotations

from exchange.blocks import Facts, Section, Text
from exchange.texts import parts
from exchange.texts.material import Material
from exchange.wording import blank, day, label_of
from policy.choices import BorderMeasure, RightsQuestion


def title(material: Material) -> str:
    return "Memorandum of reasons"


def sections(material: Material) -> list[Section]:
    asylum = parts.right(material, RightsQuestion.ASYLUM_ACCESS)
    return [
        Section("The measure", [Facts(_measure(material))]),
        Section("How access to asylum stays open", [Text(asylum)]),
        Section("Necessity and proportionality", [Facts(_necessity(material))]),
        parts.answered(material),
        parts.judged(material),
        parts.law(material),
        parts.rights(material),
        parts.references(material),
        parts.open_points(material),
    ]


def _measure(material: Material) -> list[parts.Row]:
    response, detail = material.response, material.detail
    return [
        ("To", parts.said(response["addressee"], "addressee")),
        ("Taken by", parts.said(response["taken_by"], "who takes the measure")),
        ("Measure", label_of(BorderMeasure, detail.get("measure", "")) or blank("measure")),
        ("Section", parts.said(detail.get("section", ""), "section of the border")),
        ("From", day(detail.get("starts")) or blank("first day")),
        ("To and including", day(detail.get("ends")) or blank("last day")),
        ("Derogations", parts.said(detail.get("derogations", ""), "derogations asked for, or that there are none")),
        ("To bring about", parts.said(response["objective"], "what it is to bring about")),
    ]


def _necessity(material: Material) -> list[parts.Row]:
    necessity = parts.said(material.detail.get("necessity", ""), "why nothing milder would do")
    proportionality = RightsQuestion.PROPORTIONALITY
    return [
        ("Why nothing milder would do", parts.with_marks(necessity, material.marks(supports="measure"))),
        (proportionality.label, parts.right(material, proportionality)),
    ]
