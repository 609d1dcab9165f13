"""A configuration as gitleaks has them."""

from __future__ import annotations

CONFIG = r"""
title = "ours"
minVersion = "v8.25.0"

[extend]
useDefault = true
disabledRules = ["generic-api-key"]
path = "base.toml"

[allowlist]
description = "for all"
paths = ['''(?i)\.(?:png|lock)$''', '''^vendor/''']
regexes = ['''^demo_[a-z]+$''']
stopwords = ["EXAMPLE"]

[[rules]]
id = "acme-token"
description = "Acme token"
regex = '''(?i)[\w.-]{0,50}?(?:acme)(?:[ \t\w.-]{0,20})(?:=|:)[\x60'"\s=]{0,5}([a-z0-9]{24,})(?:[\x60'"\s;]|\\[nr]|$)'''
entropy = 3
keywords = ["ACME"]
tags = ["acme", "token"]

[[rules]]
id = "Acme_Session"
description = "Found an Acme session, which opens everything that there is to be opened at Acme's, and more."
regex = '''(session|sid)-([0-9a-f]{32})\b'''
secretGroup = 2
path = '''\.ya?ml$'''
keywords = ["acme"]
[[rules.allowlists]]
condition = "AND"
regexTarget = "line"
regexes = ['''(?i)fixture''']
paths = ['''^test/''']
[[rules.allowlists]]
commits = ["0123456789abcdef0123456789abcdef01234567"]
stopwords = ["dummy"]

[[rules]]
id = "openai-project-key"
description = "One that has a namesake"
regex = '''acme-ai-[[:alnum:]]{30}'''
keywords = ["acme-ai-"]

[[rules]]
id = "acme-file"
description = "A file"
path = '''\.acme$'''

[[rules]]
id = "acme-letters"
description = "Letters of all languages"
regex = '''acme-\pL{20}'''

[[rules]]
id = "acme-part"
description = "A part"
regex = '''acme-part-[0-9]{9}'''
skipReport = true
"""
