"""chuan's library: rulesets as data, records in, explained verdicts out."""
