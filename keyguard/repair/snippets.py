"""How each language and format reads a variable of the environment, to be printed where KeyGuard rewrites nothing."""

from __future__ import annotations

BY_SUFFIX = {
    ".py .pyw .pyx .ipynb": 'os.environ["NAME"]',
    ".js .mjs .cjs .jsx .ts .mts .cts .tsx .vue .svelte": "process.env.NAME    (on a server; what a browser loads "
    "cannot keep a key)",
    ".go": 'os.Getenv("NAME")',
    ".java .kt .kts .scala .groovy .gradle": 'System.getenv("NAME")',
    ".clj": '(System/getenv "NAME")',
    ".rb .rake": 'ENV.fetch("NAME")',
    ".php": "getenv('NAME')",
    ".cs .vb .fs": 'Environment.GetEnvironmentVariable("NAME")',
    ".rs": 'std::env::var("NAME")',
    ".c .cc .cpp .cxx .h .hpp .m": 'getenv("NAME")',
    ".swift": 'ProcessInfo.processInfo.environment["NAME"]',
    ".dart": "Platform.environment['NAME']",
    ".ex .exs": 'System.fetch_env!("NAME")',
    ".erl": 'os:getenv("NAME")',
    ".hs": 'getEnv "NAME"',
    ".lua": 'os.getenv("NAME")',
    ".pl .pm": "$ENV{NAME}",
    ".r": 'Sys.getenv("NAME")',
    ".jl": 'ENV["NAME"]',
    ".sh .bash .zsh .ksh": '"${NAME:?}"',
    ".fish": "$NAME",
    ".ps1 .psm1": "$env:NAME",
    ".bat .cmd": "%NAME%",
    ".mk": "$(NAME)",
    ".nix": 'builtins.getEnv "NAME"    (impure; the store can be read by everyone, so better a file outside of it)',
    ".tf .tfvars": 'variable "name" { sensitive = true }, used as var.name, set by TF_VAR_name',
    ".html .css": "nothing: what a browser loads cannot keep a key; let a server of yours make the call",
}
BY_NAME = {
    "dockerfile": "RUN --mount=type=secret,id=NAME,env=NAME …, and docker build --secret id=NAME,env=NAME",
    "containerfile": "RUN --mount=type=secret,id=NAME,env=NAME …, and podman build --secret id=NAME,env=NAME",
    "makefile": "$(NAME)",
    "jenkinsfile": "environment { NAME = credentials('NAME') }",
    ".gitlab-ci.yml": "$NAME, set under Settings > CI/CD > Variables, masked",
    "bitbucket-pipelines.yml": "$NAME, set under Repository settings > Repository variables, secured",
    "azure-pipelines.yml": "$(NAME), set as a secret variable of the pipeline",
    ".travis.yml": "$NAME, set in the settings of the repository",
    ".npmrc": "${NAME}",
    "pip.conf": "${NAME}",
}
YAML = (".yml", ".yaml")
WORKFLOW = "${{ secrets.NAME }}, set by: gh secret set NAME"
COMPOSE = "${NAME:?}    (Compose; in Kubernetes valueFrom.secretKeyRef; in Ansible lookup('env', 'NAME'))"
_SUFFIXES = {suffix: text for suffixes, text in BY_SUFFIX.items() for suffix in suffixes.split()}


def snippet(path: str, name: str) -> str | None:
    """Return how a file of this name reads the variable; None for formats that read none."""
    base = path.rpartition("/")[2].lower()
    dot = base.rfind(".")
    suffix = base[dot:] if dot > 0 else ""
    text = BY_NAME.get(base) or BY_NAME.get(base.partition(".")[0]) or _SUFFIXES.get(suffix)
    if suffix in YAML and base not in BY_NAME:
        text = WORKFLOW if ".github/workflows/" in f"/{path}" else COMPOSE
    if text is None:
        return None
    return (
        text.replace("TF_VAR_name", f"TF_VAR_{name.lower()}")
        .replace("var.name", f"var.{name.lower()}")
        .replace('"name"', f'"{name.lower()}"')
        .replace("NAME", name)
    )
