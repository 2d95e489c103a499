from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"

    def ready(self) -> None:
        from cases import departures, noticing, reliance, resting, watching, what_falls  # noqa: F401 - receivers, rules
