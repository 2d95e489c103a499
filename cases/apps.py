from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"

    def ready(self) -> None:
        from cases import reliance, watching  # noqa: F401 - connect receivers, give watches their rules
