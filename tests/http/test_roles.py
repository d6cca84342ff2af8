"""Every call, as every role: a call that is not in this table fails the test."""
import json
import re
import unittest

from service import ROOT, ServiceTest

ANYONE, AGENTS, EDITORS, MANAGERS, ADMINS = None, {"agent", "admin"}, {"editor", "admin"}, {"manager", "admin"}, {"admin"}
STAFF, CURATORS = {"agent", "editor", "manager", "admin"}, {"editor", "manager", "admin"}
WHO = {
    "POST /v1/chat": ANYONE,
    "POST /v1/chat/{conversation}/feedback": ANYONE,
    "GET /v1/walks/{code}": AGENTS,
    "GET /v1/receipts/{code}": STAFF,
    "GET /v1/search": ANYONE,
    "GET /v1/suggest": ANYONE,
    "GET /v1/articles": ANYONE,
    "GET /v1/articles/{id}": ANYONE,
    "POST /v1/tickets": ANYONE,
    "GET /v1/tickets": AGENTS,
    "GET /v1/tickets/{number}": ANYONE,
    "PATCH /v1/tickets/{number}": AGENTS,
    "DELETE /v1/tickets/{number}": ADMINS,
    "POST /v1/tickets/{number}/attachments": ANYONE,
    "GET /v1/tickets/{number}/attachments/{id}": ANYONE,
    "DELETE /v1/tickets/{number}/attachments/{id}": ANYONE,
    "POST /v1/tickets/{number}/replies": ANYONE,
    "POST /v1/tickets/{number}/take": AGENTS,
    "POST /v1/tickets/{number}/escalate": AGENTS,
    "POST /v1/tickets/{number}/return": AGENTS,
    "POST /v1/tickets/{number}/reveal": AGENTS,
    "GET /v1/tickets/{number}/history": AGENTS,
    "GET /v1/tickets/{number}/dossier": AGENTS,
    "GET /v1/tickets/{number}/suggestions": AGENTS,
    "GET /v1/tickets/{number}/draft": AGENTS,
    "GET /v1/queue": AGENTS,
    "POST /v1/flags": STAFF,
    "GET /v1/flags": EDITORS,
    "PATCH /v1/flags/{id}": EDITORS,
    "POST /v1/forget": ADMINS,
    "GET /v1/training": AGENTS,
    "GET /v1/training/report": MANAGERS,
    "GET /v1/training/{id}": AGENTS,
    "POST /v1/training/{id}/answers": AGENTS,
    "GET /v1/deflection": MANAGERS,
    "GET /v1/deflection/definitions": MANAGERS,
    "GET /v1/gaps": CURATORS,
    "GET /v1/gaps/patch": EDITORS,
    "GET /figures.csv": ANYONE,
    "GET /figures.jsonld": ANYONE,
    "POST /v1/replay": ADMINS,
    "GET /v1/audit": ADMINS,
    "GET /healthz": ANYONE,
    "GET /readyz": ANYONE,
    "GET /metrics": ANYONE,
    "GET /openapi.json": ANYONE,
}
# Pages that are not for anyone: what a person is led to sign in for.
PAGES = {"/agent/": {"agent", "editor", "manager", "admin"}, "/agent/training/report": {"manager", "admin"},
         "/dashboard/": {"manager", "admin"}, "/dashboard/topics": {"manager", "admin"}, "/dashboard/csv/categories": {"manager", "admin"},
         "/dashboard/gaps": CURATORS, "/editor/": EDITORS, "/agent/tickets": AGENTS, "/agent/outbox": ADMINS}
ROLES = ("reader", "agent", "editor", "manager", "admin")


def operations():
    document = json.loads((ROOT / "web" / "openapi.json").read_text(encoding="utf-8"))
    return {f"{method.upper()} {path}": operation for path, methods in document["paths"].items()
            for method, operation in methods.items() if method != "parameters"}


class RolesTest(ServiceTest):
    @classmethod
    def prepare(cls):
        cls.tokens = {role: cls.service.token("agent-l1", role, role) for role in ROLES}

    def call(self, name, token):
        method, path = name.split(" ")
        body = None if method == "GET" else {}
        return self.other(token).request(method, re.sub(r"\{\w+\}", "1", path), body)

    def test_every_call_has_its_row(self):
        self.assertEqual(set(operations()), set(WHO))

    def test_description_says_the_same(self):
        for name, operation in operations().items():
            roles = operation.get("x-roles")
            self.assertEqual(set(roles) if roles else ANYONE, WHO[name], name)

    def test_every_role_at_every_call(self):
        for name, who in WHO.items():
            for role in (None, *ROLES):
                reply = self.call(name, self.tokens.get(role))
                if who is ANYONE:
                    self.assertNotIn(reply.status, (401, 403), (name, role))
                elif role is None:
                    self.assertProblem(reply, 401, "unauthorized")
                elif role not in who:
                    self.assertProblem(reply, 403, "forbidden")
                else:
                    self.assertNotIn(reply.status, (401, 403), (name, role))

    def test_pages(self):
        for path, who in PAGES.items():
            for role in (None, *ROLES):
                reply = self.other(self.tokens.get(role)).get(path)
                self.assertEqual(reply.status, 303 if role is None else 200 if role in who else 403, (path, role))

    def test_a_role_is_no_other_audience(self):
        """What is read depends on the audience alone."""
        token = self.service.token("citizen", "admin", "capo")
        self.assertEqual(self.other(token).get("/v1/articles/procedura-riservata").status, 404)
        self.assertEqual(self.other(self.tokens["reader"]).get("/v1/articles/procedura-riservata").status, 200)


if __name__ == "__main__":
    unittest.main()
