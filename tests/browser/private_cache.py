"""Claims about a private cache that follows RFC 9111 to the letter; see scripts/browser_test."""

import json
import os
import sys

import httpx
from hishel import CacheOptions, SqliteStorage
from hishel.httpx import CacheClient

VAULT = os.environ["VAULT_URL"]
failed = False


def claim(what, holds, seen):
    global failed
    print(f"   {'ok' if holds else 'FAILED'} {what}")
    if not holds:
        failed = True
        print(f"      seen: {json.dumps(seen)}")


def make_user(backend, subject, pan):
    def post(path, body):
        answer = backend.post(path, json=body)
        answer.raise_for_status()
        return answer.json()

    wallet = "/v1/wallets/" + post("/v1/wallets", {"subject": subject})["id"]
    device = post(wallet + "/devices", {"name": "cache", "fingerprint": subject})["id"]
    card = post(wallet + "/cards", {"pan": pan})["id"]
    token = post(wallet + "/tokens", {"device_id": device, "scopes": ["cards:list"]})["token"]
    return card, {"Authorization": "Bearer " + token, "Device-Id": device}


def main():
    with open(os.environ["BACKEND_HEADER"], encoding="utf-8") as file:
        key = file.read().strip().split(": ", 1)[1]
    with httpx.Client(base_url=VAULT, headers={"Authorization": key}, trust_env=False) as backend:
        card_a, a = make_user(backend, "cache-a", "4111111111111111")
        card_b, b = make_user(backend, "cache-b", "5555555555554444")

    cache = CacheClient(
        base_url=VAULT,
        trust_env=False,
        storage=SqliteStorage(database_path=os.environ["CACHE_FILE"]),
        rfc=CacheOptions(shared=False),
    )
    with cache:
        for who, card, fields in (("first", card_a, a), ("second", card_b, b), ("first", card_a, a)):
            answer = cache.get("/v1/cards", headers=fields)
            seen = [row["id"] for row in answer.json()["data"]]
            claim(f"a cache that both share gives the {who} user the own cards", seen == [card], seen)
            status = answer.extensions["caching"]
            kept = [status["from_cache"], status["stored"]]
            claim("   and keeps no list", kept == [False, False], kept)
        for path, fields in ((f"/v1/cards/{card_a}", a), ("/v1/cards", {}), ("/nowhere", a)):
            answer = cache.get(path, headers=fields)
            stored = answer.extensions["caching"]["stored"]
            claim(f"it does not keep the {answer.status_code} of GET {path[:9]}", not stored, stored)
        first = cache.get("/.well-known/cardvault-keys")
        again = cache.get("/.well-known/cardvault-keys")
        claim(
            "it does keep the published keys",
            again.extensions["caching"]["from_cache"] and first.content == again.content,
            again.headers.multi_items(),
        )


main()
sys.exit(failed)
