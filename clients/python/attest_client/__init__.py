"""A client of Attest: records, bulk, the change feed, and a local replica kept by it."""

from attest_client.client import Attest, Change, Page
from attest_client.errors import AnotherSync, OtherReplica, Problem
from attest_client.replica import Replica, Summary

__all__ = ["AnotherSync", "Attest", "Change", "OtherReplica", "Page", "Problem", "Replica", "Summary"]
