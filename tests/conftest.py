import os
import shutil

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings

from tests.cluster import TEMPLATE

# A machine that is busy makes no test fail.
settings.register_profile("attest", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("attest")

pytest_plugins = ["tests.fixtures", "tests.standby", "tests.object_store"]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without Chromium the browser tests are skipped in one clear line, or refused where they must run."""
    if CHROMIUM:
        return
    if os.environ.get("ATTEST_REQUIRE_BROWSER"):
        raise pytest.UsageError("No Chromium was found, and ATTEST_REQUIRE_BROWSER asks for the browser tests.")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="no Chromium was found: install it to run the browser tests"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Each worker's database is copied from the one that was migrated."""
    connection.settings_dict["TEST"]["TEMPLATE"] = TEMPLATE


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}
