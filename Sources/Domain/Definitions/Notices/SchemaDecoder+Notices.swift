import AccessModel

extension SchemaDecoder {
    /// Reads `notices.yaml`.
    mutating func notices() -> NoticeDefinitions {
        var notices = NoticeDefinitions()
        let shape = Shape(name: "notices.yaml", required: ["channels"], optional: ["routes", "templates"])
        guard let fields = fields(YAMLTree.root, shape, isRoot: true) else { return notices }
        var knowsAll = false
        if let node = fields["channels"], let entries = list(node, "channels") {
            var seen: Set<Slug> = []
            notices.channels = entries.compactMap { noticeChannel($0, &seen) }
            knowsAll = notices.channels.count == entries.count
        }
        if let node = fields["routes"] {
            let known = knowsAll ? notices.channels : nil
            notices.routes = (list(node, "routes") ?? []).compactMap { noticeRoute($0, known) }
        } else {
            notices.routes = NoticeDefinitions.standardRoutes(notices.channels)
        }
        for entry in fields["templates"].flatMap({ list($0, "templates") }) ?? [] {
            readWording(entry, into: &notices)
        }
        return notices
    }

    // MARK: Routes

    /// - Parameter known: Nil while some channel could not be read.
    private mutating func noticeRoute(_ node: Int, _ known: [NoticeChannel]?) -> NoticeRoute? {
        let shape = Shape(name: "a route", required: ["on", "by"], optional: ["to"])
        guard let fields = fields(node, shape) else { return nil }
        let kinds = fields["on"].map { noticeKinds($0) } ?? []
        var channels: [Slug] = []
        var sendsMail = false
        for entry in fields["by"].map({ oneOrMore($0, "by") }) ?? [] {
            guard let name = slug(entry, "by") else { continue }
            if let known {
                guard let channel = known.first(where: { $0.name == name }) else {
                    unknown("channel", name.text, entry, known.map(\.name.text))
                    continue
                }
                sendsMail = sendsMail || channel.isMail
            }
            channels.append(name)
        }
        let recipients = fields["to"].map { noticeRecipients($0) } ?? []
        if sendsMail, fields["to"] == nil {
            error(
                "missing-key", node,
                "a route by mail needs `to`: \(Self.listed(NoticeAudience.allCases.map(\.rawValue))), or addresses")
        }
        return NoticeRoute(kinds: Set(kinds), recipients: recipients, channels: channels)
    }

    private mutating func noticeKinds(_ node: Int) -> [NoticeKind] {
        if tree.hasText(node, "*") { return NoticeKind.allCases.filter { $0 != .test } }
        return oneOrMore(node, "on").compactMap { word($0, "on") }
    }

    private mutating func noticeRecipients(_ node: Int) -> [NoticeRoute.Recipient] {
        oneOrMore(node, "to").compactMap { entry in
            guard let text = text(entry, "to", "an audience or an address") else { return nil }
            if let audience = NoticeAudience(rawValue: text) { return .audience(audience) }
            if let address = EmailAddress(text) { return .address(address) }
            let words = NoticeAudience.allCases.map(\.rawValue)
            error(
                "bad-recipient", entry,
                "\(text.quoted) is neither one of \(Self.listed(words)) nor an e-mail address"
                    + NearestName.suggestion(for: text, among: words))
            return nil
        }
    }

    // MARK: Templates

    private mutating func readWording(_ node: Int, into notices: inout NoticeDefinitions) {
        let shape = Shape(name: "a template", required: ["on"], optional: ["subject", "text"])
        guard let fields = fields(node, shape), let on = fields["on"] else { return }
        guard let kind: NoticeKind = word(on, "on") else { return }
        guard notices.wordings[kind] == nil else {
            error("duplicate-name", on, "`\(kind.rawValue)` has two templates; keep one")
            return
        }
        if fields["subject"] == nil, fields["text"] == nil {
            error("missing-key", node, "a template needs `subject` or `text`, or it changes nothing")
        }
        var wording = NoticeDefinitions.Wording.builtIn(for: kind)
        if let node = fields["subject"] {
            wording.subject = template(node, "subject", kind, allowsLines: false) ?? wording.subject
        }
        if let node = fields["text"] {
            wording.text = template(node, "text", kind, allowsLines: true) ?? wording.text
        }
        notices.wordings[kind] = wording
    }

    private mutating func template(
        _ node: Int, _ label: String, _ kind: NoticeKind, allowsLines: Bool
    ) -> NoticeTemplate? {
        guard let text = text(node, label, "text", allowsLines: allowsLines) else { return nil }
        guard text.utf8.count <= (allowsLines ? 65_536 : 500) else {
            error("too-long", node, "`\(label)` has at most \(allowsLines ? "64 KiB" : "500 bytes")")
            return nil
        }
        do throws(NoticeTemplate.Problem) {
            return try NoticeTemplate(text, fields: kind.fields)
        } catch {
            self.error("bad-template", node, "`\(label)`: \(error.message)")
            return nil
        }
    }
}
