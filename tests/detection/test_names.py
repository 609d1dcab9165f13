from __future__ import annotations

import pytest

from keyguard.detection.names import holds_key, is_of, words_of

WITHOUT_KEY = """
key_id OPENAI_KEY_ID public_key token_count max_tokens tokens keyboard primary_key keys_url key_name KEY_FILE
KEY_PATH monkey passwordless author authors pattern path tokenizer secretName secretary keyword bypass compass
donkey PUBLIC_KEY MY_PUBLIC_API_KEY NEXT_PUBLIC_KEY password_hash cache_key sort_key openai model id name value url _ x
"""
WITH_KEY = """
key api_key apiKey APIKEY api-key OPENAI_API_KEY azureOpenAiKey openai.api_key subscription-key authToken
Authorization Ocp-Apim-Subscription-Key CLARIFAI_PAT openaikey OPENAI_API_KEYS client_secret DB_PASSWORD x-api-key
credential pass pwd NEXT_PUBLIC_MISTRAL_API_KEY EXPO_PUBLIC_MISTRAL_KEY PUBLIC_MISTRAL_API_KEY
"""
OF_AZURE = """
AZURE_OPENAI_API_KEY azureOpenAiKey azure-openai-key my.azure.openai.token azureopenaikey nAZURE_OPENAI_KEY
nazure_openai_key my_nazure_openai_key the_nazure_openai_key the.tazure.openai.key
"""
OWNERS = ("exa", "azure openai")


@pytest.mark.parametrize("name", ["", *WITHOUT_KEY.split()])
def test_names_that_hold_no_key(name: str) -> None:
    assert not holds_key(name)


@pytest.mark.parametrize("name", WITH_KEY.split())
def test_names_that_hold_a_key(name: str) -> None:
    assert holds_key(name)


@pytest.mark.parametrize("name", ["", "EXAMPLE_KEY", "azure_key", "openai", "OPENAI_AZURE_KEY", "hexa_key"])
def test_names_of_others(name: str) -> None:
    assert is_of(name, OWNERS) is None


@pytest.mark.parametrize("name", OF_AZURE.split())
def test_names_of_an_owner_however_they_are_written(name: str) -> None:
    assert is_of(name, OWNERS) == "azure openai"


def test_words() -> None:
    assert words_of("open-ai_apiKey2.x") == ["open", "ai", "api", "key", "2", "x"]
    assert words_of("azureOpenAIKey") == ["azure", "open", "ai", "key"]
