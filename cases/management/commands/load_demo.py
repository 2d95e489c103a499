from django.core.management.base import BaseCommand

from cases.demo.loading import load_demo


class Command(BaseCommand):
    help = "Load the demonstration's cases and people, unless they are there already."

    def handle(self, **options) -> None:
        self.stdout.write("The demonstration is loaded." if load_demo() else "The demonstration is there already.")
