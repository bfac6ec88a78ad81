"""Leaves out of a recording of tokens what Feast accepts although nothing vouches for it:

    python3 select_tokens.py RECORDING.jsonl | gzip -9n > test/conformance/tokens.jsonl.gz

A token that is not signed stays where Feast refuses it, and where the recorded review of the API server accepts it and the
recorded user is the one of the review. Tests of such tokens are written by hand, with tokens of their own.
"""

import json
import sys


def is_signed(token):
    parts = token.split(".")
    return len(parts) == 3 and parts[2] != ""


def is_vouched_for(row):
    if "user" not in row["result"] or is_signed(row["token"]):
        return True
    review = (row.get("k8s") or {}).get("tokenReview") or {}
    user = row["result"]["user"]["username"]
    # A token without segments says nothing of its own: the review is all that there is.
    says_nothing = "." not in row["token"]
    is_same = says_nothing or (row["claims"] or {}).get("sub", "").startswith("system:serviceaccount:")
    return review.get("authenticated") is True and review.get("username") == user and is_same


def main(path):
    with open(path, encoding="utf-8") as file:
        header, *lines = file.read().splitlines()
    print(header)
    for line in lines:
        row = json.loads(line)
        # Rows about the name that Feast's own servers share are of no use without the name.
        if is_vouched_for(row) and not row["note"].startswith("INTRA-COMM"):
            print(line)


if __name__ == "__main__":
    main(sys.argv[1])
