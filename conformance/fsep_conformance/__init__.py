"""The conformance suite's harness: runs cases, keeps the evidence, derives verdicts again."""
