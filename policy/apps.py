from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "policy"

    def ready(self) -> None:
        from policy import answering, beside, marking, standing  # noqa: F401 - receivers
