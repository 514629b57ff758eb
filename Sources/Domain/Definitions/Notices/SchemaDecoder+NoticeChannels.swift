import AccessModel

extension SchemaDecoder {
    mutating func noticeChannel(_ node: Int, _ seen: inout Set<Slug>) -> NoticeChannel? {
        let shape = Shape(
            name: "a channel", required: ["name"], optional: ["webhook", "smtp", "timeout", "give_up_after"])
        guard let fields = fields(node, shape), let nameNode = fields["name"], let name = slug(nameNode, "name"),
            isNew(name, nameNode, "channel", in: &seen)
        else { return nil }
        let kind: NoticeChannel.Kind?
        switch (fields["webhook"], fields["smtp"]) {
        case (let node?, nil): kind = webhook(node).map { .webhook($0) }
        case (nil, let node?): kind = mailServer(node).map { .mail($0) }
        default:
            error("missing-key", node, "a channel needs one of `webhook` and `smtp`")
            kind = nil
        }
        let timeout = fields["timeout"].flatMap { span($0, "timeout", .seconds(1), .minutes(2)) }
        let patience = fields["give_up_after"].flatMap { span($0, "give_up_after", .minutes(1), .days(30)) }
        guard let kind else { return nil }
        return NoticeChannel(
            name: name, kind: kind, timeout: timeout ?? .seconds(20), giveUpAfter: patience ?? .days(3),
            place: tree.place(nameNode))
    }

    private mutating func span(_ node: Int, _ label: String, _ least: Span, _ most: Span) -> Span? {
        guard let span = span(node, label) else { return nil }
        if span >= least, span <= most { return span }
        error("out-of-range", node, "`\(label)` must be from \(least) to \(most)")
        return nil
    }

    // MARK: Webhook

    private mutating func webhook(_ node: Int) -> NoticeChannel.Webhook? {
        let shape = Shape(
            name: "`webhook`", required: ["url", "secret"], optional: ["previous_secret", "certificate_authorities"])
        guard let fields = fields(node, shape) else { return nil }
        let url = fields["url"].flatMap { serviceURL($0, "url") }
        let secrets = ["secret", "previous_secret"].compactMap { name in fields[name].flatMap { credential($0) } }
        let authorities = fields["certificate_authorities"].flatMap { text($0, "certificate_authorities", "a file") }
        guard let url, !secrets.isEmpty else { return nil }
        return NoticeChannel.Webhook(url: url, secrets: secrets, certificateAuthorities: authorities)
    }

    /// `https`, or `http` to this machine alone; nothing in it that is a secret or that a session would not keep.
    private mutating func serviceURL(_ node: Int, _ label: String) -> String? {
        guard let text = text(node, label, "an address such as `https://hooks.mountainlab.io/tenure`") else {
            return nil
        }
        let lower = text.lowercased()
        let isLocal = ["http://localhost", "http://127.0.0.1", "http://[::1]"].contains { prefix in
            guard lower.hasPrefix(prefix) else { return false }
            let next = lower.utf8.dropFirst(prefix.utf8.count).first
            return next == nil || next == UInt8(ascii: ":") || next == UInt8(ascii: "/")
        }
        let rest = text.utf8.drop { $0 != UInt8(ascii: ":") }.dropFirst(3)
        let authority = rest.prefix { $0 != UInt8(ascii: "/") }
        guard lower.hasPrefix("https://") || isLocal, !authority.isEmpty else {
            error("bad-url", node, "`\(label)` must begin with `https://`; plain `http` is for this machine alone")
            return nil
        }
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"?#@".utf8.contains($0) }
        guard isPlain else {
            error("bad-url", node, "`\(label)` has no user, no query, no fragment and no space; it ends with its path")
            return nil
        }
        return text
    }

    // MARK: Mail

    private mutating func mailServer(_ node: Int) -> NoticeChannel.MailServer? {
        let shape = Shape(
            name: "`smtp`", required: ["host", "from"],
            optional: ["port", "security", "username", "password", "certificate_authorities"])
        guard let fields = fields(node, shape) else { return nil }
        let host = fields["host"].flatMap { mailHost($0) }
        let sender = fields["from"].flatMap { mailAddress($0, "from") }
        let security: NoticeChannel.MailServer.Security =
            fields["security"].flatMap { word($0, "security") }
            ?? .starttls
        let port = fields["port"].flatMap { integer($0, "port", 1...65_535) } ?? (security == .tls ? 465 : 587)
        let username = fields["username"].flatMap { text($0, "username") }
        let password = fields["password"].flatMap { credential($0) }
        if (fields["username"] == nil) != (fields["password"] == nil) {
            error("missing-key", node, "`smtp` needs both `username` and `password`, or neither")
        }
        let authorities = fields["certificate_authorities"].flatMap { text($0, "certificate_authorities", "a file") }
        guard let host, let sender else { return nil }
        if security == .none, !["localhost", "127.0.0.1", "::1"].contains(host) {
            error(
                "plain-mail", fields["security"] ?? node,
                "mail without encryption is for this machine alone; use `starttls` or `tls`")
        }
        return NoticeChannel.MailServer(
            host: host, port: port, security: security, username: username, password: password, sender: sender,
            certificateAuthorities: authorities)
    }

    private mutating func mailHost(_ node: Int) -> String? {
        guard let text = text(node, "host", "a server's name") else { return nil }
        let isName = text.utf8.allSatisfy { $0.isLetter || $0.isDigit || ".-:".utf8.contains($0) }
        guard isName, text.utf8.count <= 253 else {
            error("bad-value", node, "`host` is a server's name or address, without a scheme and without a port")
            return nil
        }
        return text.lowercased()
    }

    mutating func mailAddress(_ node: Int, _ label: String) -> EmailAddress? {
        guard let text = text(node, label, "an e-mail address") else { return nil }
        if let address = EmailAddress(text) { return address }
        error("bad-email", node, "\(text.quoted) is no e-mail address; write `name@domain` in ASCII")
        return nil
    }
}
