"""Names and ids: of APIs' own objects, of CSS classes and functions, of traces and rows."""

from __future__ import annotations

from random import Random

from benchmarks.detection.model import ALNUM, B64URL
from benchmarks.detection.shapes import BASE58, DIGITS, HEX, LOWER, LOWER_ALNUM, Maker, run, shape, uuid4

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_KEBAB = (
    "sk-circle-fade-dot",
    "sk-cube-grid-animation-delay",
    "sk-folding-cube-container-wrapper",
    "sk-spinner-pulse-large",
    "task-force-on-climate-related-financial-disclosures",
    "risk-none-identified-in-this-assessment-period",
    "disk-usage-analyzer-with-cushion-treemaps",
    "desk-booking-system-frontend-application",
    "task-runner-with-watch-mode",
    "ask-me-anything-about-our-new-release",
    "mask-image-linear-gradient-to-bottom",
    "at-rule-no-unknown-in-stylesheets",
    "fc-event-title-container-main-frame",
    "pa-notification-center-dropdown-menu-item",
    "al-button-group-vertical-stacked",
    "key-concepts-of-the-architecture-explained",
    "hf-transfer-enabled-by-default-in-containers",
    "whats-new-in-the-latest-version-of-the-toolkit",
    "xai-explainability-dashboard-for-tabular-models",
)
_FUNCTIONS = (
    "sk_buff_head_init_and_queue_tail",
    "sk_alloc_security_context_struct",
    "gsk_render_node_get_bounds_and_clip",
    "hf_hub_download_with_retries_and_progress",
    "fc_pattern_get_with_binding_name",
    "fw_update_check_compat_version",
    "re_compile_fastmap_with_syntax_bits",
    "rt_mutex_lock_interruptible_nested",
    "key_press_event_handler_callback_id",
    "dapiDataGetCellStateForCurrentDirectory",
    "getOpenAiApiKeyFromEnvironmentOrThrowError",
    "ek_week_number_to_date_range",
    "r8_g8_b8_a8_unorm_srgb_block_compressed",
    "nvapi_gpu_get_thermal_settings_by_index",
    "pat_session_track_description",
    "as_numeric_version_comparison_operator",
    "whsec_rotation_schedule_in_calendar_days",
    "live_update_subscription_channel",
    "openaiApiKeyValidationErrorMessageTranslationKey",
    "sess_destroy_and_regenerate_identifier",
)


def _ulid(rng: Random) -> str:
    return "01J" + run(rng, _CROCKFORD, 23)


def _one(names: tuple[str, ...], at: int) -> Maker:
    return lambda rng: names[at]


def _path(rng: Random) -> str:
    words = [run(rng, LOWER, rng.randint(3, 9)) for _ in range(5)]
    return "/usr/share/" + "/".join(words) + "/index.html"


def _camel(rng: Random) -> str:
    words = (
        "get",
        "render",
        "update",
        "user",
        "profile",
        "session",
        "token",
        "api",
        "key",
        "client",
        "config",
        "error",
    )
    return "".join(word.capitalize() for word in rng.choices(words, k=6))


IDENTIFIERS: dict[tuple[str, str], Maker] = {
    ("openai organization", "OPENAI_ORG_ID"): shape("org-", (ALNUM, 24)),
    ("openai project", "OPENAI_PROJECT_ID"): shape("proj_", (ALNUM, 24)),
    ("openai user", "user_id"): shape("user-", (ALNUM, 24)),
    ("openai service account", "service_account_id"): shape("svc_acct_", (ALNUM, 24)),
    ("openai key id", "api_key_id"): shape("key_", (ALNUM, 16)),
    ("openai realtime session", "session_id"): shape("sess_", (ALNUM, 21)),
    ("openai response", "response_id"): shape("resp_", (HEX, 48)),
    ("openai message", "message_id"): shape("msg_", (HEX, 48)),
    ("openai reasoning", "item_id"): shape("rs_", (HEX, 48)),
    ("openai function call", "item_id"): shape("fc_", (HEX, 48)),
    ("openai completion", "completion_id"): shape("chatcmpl-", (ALNUM, 29)),
    ("openai old completion", "completion_id"): shape("cmpl-", (ALNUM, 29)),
    ("openai assistant", "ASSISTANT_ID"): shape("asst_", (ALNUM, 24)),
    ("openai thread", "thread_id"): shape("thread_", (ALNUM, 24)),
    ("openai run", "run_id"): shape("run_", (ALNUM, 24)),
    ("openai file", "file_id"): shape("file-", (ALNUM, 22)),
    ("openai vector store", "VECTOR_STORE_ID"): shape("vs_", (HEX, 32)),
    ("openai batch", "batch_id"): shape("batch_", (HEX, 32)),
    ("openai call", "tool_call_id"): shape("call_", (ALNUM, 24)),
    ("openai fine-tuned model", "OPENAI_MODEL"): shape("ft:gpt-4o-mini-2024-07-18:acme::", (ALNUM, 8)),
    ("openai request", "x_request_id"): shape("req_", (HEX, 32)),
    ("openai fingerprint", "system_fingerprint"): shape("fp_", (HEX, 10)),
    ("codex client", "CLIENT_ID"): shape("app_", (ALNUM, 24)),
    ("anthropic message", "message_id"): shape("msg_01", (BASE58, 22)),
    ("anthropic tool use", "tool_use_id"): shape("toolu_01", (BASE58, 22)),
    ("anthropic key id", "api_key_id"): shape("apikey_01", (BASE58, 22)),
    ("stripe customer", "STRIPE_CUSTOMER"): shape("cus_", (ALNUM, 14)),
    ("stripe price", "STRIPE_PRICE_ID"): shape("price_1", (ALNUM, 23)),
    ("stripe publishable key", "STRIPE_PUBLISHABLE_KEY"): shape("pk_" + "live_", (ALNUM, 24)),
    ("slack channel", "SLACK_CHANNEL"): shape("C0", (_CROCKFORD, 9)),
    ("twilio account", "TWILIO_ACCOUNT_SID"): shape("AC", (HEX, 32)),
    ("aws account", "AWS_ACCOUNT_ID"): shape((DIGITS, 12)),
    ("aws instance", "INSTANCE_ID"): shape("i-0", (HEX, 16)),
    ("aws role", "ROLE_ARN"): shape("arn:aws:iam::", (DIGITS, 12), ":role/deploy-from-ci"),
    ("s3 version", "version_id"): shape((ALNUM + "._", 32)),
    ("google client", "GOOGLE_CLIENT_ID"): shape((DIGITS, 12), "-", (LOWER_ALNUM, 32), ".apps.googleusercontent.com"),
    ("recaptcha site", "RECAPTCHA_SITE_KEY"): shape("6Le", (B64URL, 37)),
    ("analytics", "GA_ID"): shape("G-", (_CROCKFORD, 10)),
    ("uuid", "request_id"): uuid4,
    ("uuid upper", "CORRELATION_ID"): lambda rng: uuid4(rng).upper(),
    ("tenant uuid", "AZURE_TENANT_ID"): uuid4,
    ("ulid", "event_id"): _ulid,
    ("ksuid", "message_id"): shape("2", (ALNUM, 26)),
    ("nanoid", "id"): shape((B64URL, 21)),
    ("cuid", "id"): shape("c", (LOWER_ALNUM, 24)),
    ("snowflake", "guild_id"): shape("1", (DIGITS, 18)),
    ("object id", "_id"): shape((HEX, 24)),
    ("trace", "traceparent"): shape("00-", (HEX, 32), "-", (HEX, 16), "-01"),
    ("span", "span_id"): shape((HEX, 16)),
    ("test id", "data_testid"): shape("task-", (HEX, 32)),
    ("disk id", "volume"): shape("disk-", (HEX, 32)),
    ("risk id", "risk"): shape("risk-", (LOWER_ALNUM, 48)),
    ("desk id", "desk"): lambda rng: "desk-" + uuid4(rng),
    ("pod", "POD_NAME"): shape("api-gateway-", (HEX, 10), "-", (LOWER_ALNUM, 5)),
    ("bundle", "script"): shape("/static/js/main.", (HEX, 8), ".chunk.js"),
    ("asset", "src"): shape("/assets/index-", (B64URL, 8), ".js"),
    ("css module", "className"): shape("Button_sk-primary__", (B64URL, 5)),
    ("path", "template"): _path,
    ("identifier", "handler"): _camel,
    ("model", "MODEL"): shape("claude-sonnet-4-5-202", (DIGITS, 5)),
    ("ethereum address", "WALLET"): shape("0x", (HEX, 40)),
    ("bitcoin address", "WALLET"): shape("bc1q", (LOWER_ALNUM, 38)),
    ("ipfs", "CID"): shape("bafybei", (LOWER_ALNUM, 52)),
    ("site verification", "google_site_verification"): shape((B64URL, 43)),
    **{(f"slug {at}", "slug"): _one(_KEBAB, at) for at in range(len(_KEBAB))},
    **{(f"function {at}", "callback"): _one(_FUNCTIONS, at) for at in range(len(_FUNCTIONS))},
}
