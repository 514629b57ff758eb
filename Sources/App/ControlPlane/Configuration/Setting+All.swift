import AccessModel

extension Setting {
    // MARK: Where it listens

    static let address = Setting("listen.address", .text, "127.0.0.1", "The address that is listened on.")
    static let port = Setting("listen.port", .number(0...65_535), "7443", "Its port; 0 takes one that is free.")
    static let plain = Setting(
        "listen.plain", .flag, "false",
        "Whether plain HTTP may be spoken beyond this machine, because something in front of it ends TLS.")
    static let publicURL = Setting(
        "public_url", .url, nil,
        "The address under which browsers and other systems reach it; by it sign-in comes back.")
    static let certificate = Setting("tls.certificate", .path, nil, "A PEM file: the server's chain, its own first.")
    static let key = Setting("tls.key", .path, nil, "A PEM file: its private key.")
    static let clientAuthorities = Setting(
        "tls.client_ca", .path, nil, "A PEM file: who may sign clients' certificates.")
    static let clientCertificates = Setting(
        "tls.client_certificates", .word(["off", "optional", "required"]), "off",
        "Whether clients show a certificate.")

    // MARK: What it works on

    static let state = Setting("state", .state, ".tenure/tenure.db", "Where the state is kept.")
    static let keys = Setting("keys", .path, nil, "The folder of the signing key and the last checkpoint.")
    static let dataKey = Setting(
        "data_key.current", .secret, nil, "The key that secrets in the database are sealed with.")
    static let oldDataKeys = Setting(
        "data_key.previous", .secrets, nil, "Keys that were it before, until everything is sealed anew.")
    static let definitions = Setting("definitions.source", .repository, nil, "The organisation's files.")
    static let branch = Setting("definitions.branch", .text, "main", "The branch of a git repository that is in force.")
    static let poll = Setting(
        "definitions.poll_interval", .duration(.seconds(5)...(.hours(24))), "60s",
        "How often a git repository is asked.")
    static let signers = Setting(
        "definitions.signers", .path, nil,
        "Whose SSH signature the branch's head must bear: a file of ssh-keygen's allowed signers.")
    static let forge = Setting(
        "definitions.forge", .word(["github", "gitlab"]), nil,
        "What the repository's forge is, where its host's name does not say so.")
    static let forgeURL = Setting(
        "definitions.forge_url", .url, nil, "The address of its API, where that is not the usual one of the host.")
    static let forgeProject = Setting(
        "definitions.forge_project", .text, nil,
        "What the repository is called there, where its address does not say so.")
    static let forgeToken = Setting(
        "definitions.forge_token", .secret, nil,
        "What pull requests are answered and opened with; it goes to the forge and the repository's own host alone.")
    static let hookSecret = Setting(
        "definitions.hook_secret", .secrets, nil,
        "What the forge's push hook shows or signs with; during a rotation the new and the old.")
    static let reconcile = Setting(
        "reconcile_interval", .duration(.seconds(10)...(.hours(24))), "15m",
        "How often every target is compared with what it should grant.")
    static let works = Setting(
        "workers", .flag, "true", "Whether `tenure serve` works itself; `false` leaves all work to `tenure worker`.")
    static let healthPort = Setting(
        "worker.health_port", .number(0...65_535), nil,
        "A port of loopback on which `tenure worker` says whether it lives and is ready; left out for none.")
    static let grace = Setting(
        "stop_grace", .duration(.seconds(1)...(.hours(1))), "30s",
        "How long work under way may take once it is stopped.")

    // MARK: Who speaks

    static let issuer = Setting("oidc.issuer", .url, nil, "The provider that people sign in with.")
    static let clientID = Setting("oidc.client_id", .text, nil, "What this server is called there.")
    static let commandClientID = Setting(
        "oidc.cli_client_id", .text, nil, "What the command line is called there, where it is a client of its own.")
    static let clientSecret = Setting("oidc.client_secret", .secret, nil, "Its secret there.")
    static let audience = Setting(
        "oidc.audience", .text, nil, "The audience of tokens for the API; the client's id where it is left out.")
    static let personClaim = Setting(
        "oidc.person_claim", .text, "sub", "The claim that holds the id that HR gives the person, which never changes.")
    static let privateIssuers = Setting(
        "oidc.private_issuers", .text, nil,
        "Issuers that may be in a private network or on this machine, separated by spaces; others are asked in the Internet alone."
    )
    static let hrSecrets = Setting(
        "hr.secrets", .secrets, nil,
        "What HR signs its webhooks with, `whsec_...`; during a rotation the new and the old.")
    static let hrBinary = Setting(
        "hr.binary", .flag, "true", "Whether CloudEvents are taken in binary mode, whose headers no signature covers.")
    static let hrMemory = Setting(
        "hr.memory", .duration(.hours(1)...(.hours(24 * 90))), "7d", "How long a webhook's id is remembered.")
    static let hrSnapshotLimit = Setting(
        "hr.snapshot_limit", .size((1 << 10)...(256 << 20)), "64MiB", "What a snapshot may have.")
    static let scim = Setting("scim.enabled", .flag, "false", "Whether SCIM is provided.")

    // MARK: What it puts up with

    static let bodyLimit = Setting(
        "limits.body", .size((1 << 10)...(16 << 20)), "4MiB",
        "What a request's body may have at most, snapshots aside; most operations take less.")
    static let headerLimit = Setting(
        "limits.header", .size((1 << 10)...(1 << 20)), "32KiB", "What a request's header fields may have together.")
    static let connections = Setting("limits.connections", .number(1...1_000_000), "1024", "Connections at once.")
    static let requestRate = Setting(
        "limits.requests_per_second", .number(1...1_000_000), "100", "Requests that one client may make in a second.")
    static let requestTimeout = Setting(
        "limits.request_timeout", .duration(.seconds(1)...(.hours(1))), "30s",
        "Within which a request has to come whole.")
    static let idleTimeout = Setting(
        "limits.idle_timeout", .duration(.seconds(1)...(.hours(1))), "60s",
        "After which a connection without a request is closed.")

    // MARK: What it says

    static let logLevel = Setting(
        "log.level", .word(["trace", "debug", "info", "notice", "warning", "error", "critical"]), "info",
        "From which level on something is logged.")
    static let logFormat = Setting("log.format", .word(["text", "json"]), "text", "How it is logged.")

    static let tracing = Setting(
        "tracing", .word(["off", "log"]), "off",
        "Whether requests, plans and changes are spans, told at level `debug`, and `traceparent` is taken up and handed on."
    )

    /// Every setting, in the order of the reference.
    public static let all: [Setting] = [
        address, port, plain, publicURL, certificate, key, clientAuthorities, clientCertificates,
        state, keys, dataKey, oldDataKeys, definitions, branch, poll, signers, forge,
        forgeURL, forgeProject, forgeToken, hookSecret, reconcile, works, healthPort, grace,
        issuer, clientID, commandClientID, clientSecret, audience, personClaim, privateIssuers, hrSecrets, hrBinary,
        hrMemory,
        hrSnapshotLimit, scim,
        bodyLimit, headerLimit, connections, requestRate, requestTimeout, idleTimeout, logLevel, logFormat,
        tracing,
    ]

    public static func named(_ name: String) -> Setting? { all.first { $0.name == name } }
}
