from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from cases.what_falls import address_of, asked, what_falls
from ledger.pages import RecordPage


class WhatFallsPage(RecordPage):
    """What would fall if the items and sources in the address were false. Anyone who may read them may ask."""

    template_name = "cases/what_falls.html"
    http_method_names = ("get", "head", "options")

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            question = asked(request.GET)
        except ValidationError as refusal:
            return self.render_to_response(self.get_context_data(refusal=" ".join(refusal.messages)), status=422)
        if not question.items and not question.sources:
            return self.render_to_response(self.get_context_data())
        answer = what_falls(question.items, question.sources, after=question.after)
        further = address_of(answer.items, answer.sources, after=answer.next)
        context = self.get_context_data(answer=answer, assumed=self.assumed(answer), next_url=further)
        return self.render_to_response(context)

    def assumed(self, answer) -> list[dict]:
        """What is taken for false, each with the address of the question without it."""
        everything = [*answer.items, *answer.sources]
        return [
            {
                "record": one,
                "is_source": one in answer.sources,
                "without": address_of(
                    [each for each in answer.items if each != one], [each for each in answer.sources if each != one]
                )
                if len(everything) > 1
                else "",
            }
            for one in everything
        ]
