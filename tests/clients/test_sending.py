"""What the Python client sends again, and what it must not."""

import httpx
import pytest
from attest_client import Attest, Problem


class Server:
    """Answers in turn: a status, or an error to raise; remembers what it was sent."""

    def __init__(self, *answers) -> None:
        self.answers, self.requests, self.pauses = list(answers), [], []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(answer, json={"id": "7"})


def client(server: Server) -> Attest:
    attest = Attest("https://attest.example.org", "secret", transport=httpx.MockTransport(server))
    attest._sender.pause = server.pauses.append
    return attest


LOST = httpx.ReadError("The line went dead.")


@pytest.mark.parametrize("first", [502, 503, 504, LOST, httpx.ConnectError("Nobody there.")])
def test_a_read_is_sent_again_until_it_is_answered(first):
    server = Server(first, 200)
    assert client(server).get("incidents", "7") == {"id": "7"}
    assert len(server.requests) == 2


def test_a_post_is_sent_again_under_the_same_key():
    server = Server(LOST, 503, 201)
    client(server).create("incidents", title="Crossing")
    keys = [each.headers["Idempotency-Key"] for each in server.requests]
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_two_posts_have_keys_of_their_own():
    server = Server(201, 201)
    attest = client(server)
    attest.create("incidents", title="Crossing")
    attest.create("incidents", title="Crossing")
    assert len({each.headers["Idempotency-Key"] for each in server.requests}) == 2


def test_a_change_whose_answer_was_lost_is_not_sent_again():
    server = Server(LOST)
    with pytest.raises(httpx.ReadError):
        client(server).update("incidents", "7", version=1, title="Crossing")
    assert len(server.requests) == 1


def test_a_change_that_never_arrived_is_sent_again():
    server = Server(httpx.ConnectError("Nobody there."), 429, 200)
    client(server).update("incidents", "7", version=1, title="Crossing")
    assert [each.headers["If-Match"] for each in server.requests] == ['"1"'] * 3


def test_the_pause_is_the_servers_own_where_it_names_one():
    server = Server(httpx.Response(429, headers={"Retry-After": "7"}), 200)
    client(server).me()
    assert server.pauses == [7.0]


def test_pauses_grow_and_tries_end():
    server = Server(*[503] * 5)
    with pytest.raises(Problem) as refusal:
        client(server).me()
    assert refusal.value.status == 503
    assert len(server.requests) == 5
    assert server.pauses[-1] > server.pauses[0]


def test_a_refusal_says_what_was_wrong_and_where():
    problem = {"title": "The input breaks a rule", "errors": [{"pointer": "/title", "detail": "Give it one."}]}
    server = Server(httpx.Response(422, json=problem))
    with pytest.raises(Problem, match=r"422 The input breaks a rule: /title Give it one\."):
        client(server).create("incidents")
    assert len(server.requests) == 1


def test_a_refusal_without_a_body_of_json_is_told_all_the_same():
    with pytest.raises(Problem, match="404 Not Found"):
        client(Server(httpx.Response(404, text="<h1>Nothing</h1>"))).me()


def test_a_long_bulk_is_sent_by_the_thousand_and_its_lines_are_numbered_through():
    def answer(request: httpx.Request) -> httpx.Response:
        lines = request.content.count(b"\n") + 1
        return httpx.Response(200, json={"results": [{"line": n + 1, "status": 201} for n in range(lines)]})

    attest = Attest("https://attest.example.org", "secret", transport=httpx.MockTransport(answer))
    results = list(attest.bulk({"op": "create", "kind": "source", "fields": {"n": n}} for n in range(2500)))
    assert [each["line"] for each in results] == list(range(1, 2501))
