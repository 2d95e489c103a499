from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"

    def ready(self) -> None:
        from cases import reliance, what_falls  # noqa: F401 - they connect their receivers
