import AccessModel
import Definitions
import TestSupport
import Testing

@Suite("notices.yaml")
struct NoticeDefinitionTests {
    private static let whole = """
        $schema: tenure/v1
        channels:
          - name: oncall
            webhook: {url: "https://hooks.acme.example/tenure", secret: env:HOOK, previous_secret: file:old}
            timeout: 15s
            give_up_after: 12h
          - name: mail
            smtp: {host: smtp.acme.example, from: tenure@acme.example, username: tenure, password: env:SMTP}
        routes:
          - {on: access.requested, to: approvers, by: mail}
          - {on: [breakglass.activated, hold.opened], to: [responders, security@acme.example], by: [oncall, mail]}
        templates:
          - on: access.requested
            subject: "{name}: {group} {{now}}"
            text: |
              {reason}

        """

    private func read(_ text: String) -> DefinitionReading {
        AcmeFiles.with("notices.yaml", bytes: text.utf8).read()
    }

    @Test func aWholeFile() throws {
        let reading = read(Self.whole)
        #expect(reading.diagnostics.filter { $0.place.file == "notices.yaml" }.isEmpty)
        let notices = try #require(reading.organization?.notices)
        #expect(notices.channels.map(\.name.text) == ["oncall", "mail"])
        #expect(notices.channels[0].timeout == .seconds(15) && notices.channels[0].giveUpAfter == .hours(12))
        guard case .mail(let server) = notices.channels[1].kind, case .webhook(let hook) = notices.channels[0].kind
        else { throw Unexpected() }
        #expect(server.port == 587 && server.security == .starttls && server.sender.text == "tenure@acme.example")
        #expect(hook.secrets == ["env:HOOK", "file:old"])
        #expect(notices.routes.count == 2 && notices.routes[1].kinds == [.breakGlassActivated, .holdOpened])
        let wording = notices.wording(of: .accessRequested)
        #expect(wording.subject.places == ["name", "group"])
        #expect(wording.subject.filled { $0 == "name" ? "Ana" : nil } == "Ana: - {now}")
        #expect(notices.wording(of: .holdOpened).subject.places == ["hold"])
    }

    private struct Unexpected: Error {}

    @Test func withoutTheFileNobodyIsTold() throws {
        let notices = try #require(AcmeFiles().read().organization?.notices)
        #expect(notices.channels.isEmpty && notices.routes.isEmpty)
    }

    @Test func withoutRoutesEverybodyConcernedIsTold() throws {
        let text = "channels: [{name: mail, smtp: {host: localhost, from: t@acme.example, security: none}}]"
        let notices = try #require(read(text).organization?.notices)
        #expect(notices.routes.count == 1 && notices.routes[0].kinds.count == NoticeKind.allCases.count - 1)
    }

    @Test func everyBuiltInWordingFitsItsKind() {
        for kind in NoticeKind.allCases {
            let wording = NoticeDefinitions().wording(of: kind)
            let places = wording.subject.places + wording.text.places
            #expect(!places.isEmpty && places.allSatisfy { kind.fields.contains($0) }, "\(kind)")
        }
    }

    private static let broken: [(String, String, String)] = [
        ("on: access.requested, to", "on: access.requestd, to", "bad-value notices.yaml:10:10"),
        ("by: mail", "by: male", "unknown-channel notices.yaml:10:47"),
        ("to: approvers", "to: aprovers", "bad-recipient notices.yaml:10:32"),
        ("to: approvers, ", "", "missing-key notices.yaml:10:5"),
        ("{name}: {group}", "{nam}: {group}", "bad-template notices.yaml:14:14"),
        ("{name}: {group}", "{name", "bad-template notices.yaml:14:14"),
        ("{name}: {group}", "name}", "bad-template notices.yaml:14:14"),
        ("https://hooks", "http://hooks", "bad-url notices.yaml:4:20"),
        ("example/tenure", "example/tenure?x=1", "bad-url notices.yaml:4:20"),
        ("https://hooks", "https://me:pw@hooks", "bad-url notices.yaml:4:20"),
        ("secret: env:HOOK", "secret: whsec_aGVsbG8=", "secret-value notices.yaml:4:65"),
        ("password: env:SMTP", "password: hunter2", "secret-value notices.yaml:8:92"),
        (", password: env:SMTP", "", "missing-key notices.yaml:8:11"),
        ("from: tenure@acme.example", "from: tenure", "bad-email notices.yaml:8:43"),
        ("host: smtp.acme.example", "host: \"smtp://x\"", "bad-value notices.yaml:8:18"),
        ("timeout: 15s", "timeout: 1h", "out-of-range notices.yaml:5:14"),
        ("name: mail", "name: oncall", "duplicate-name notices.yaml:7:11"),
        ("username: tenure", "user: tenure", "unknown-key notices.yaml:8:64"),
        ("from: tenure@acme.example,", "from: tenure@acme.example, security: none,", "plain-mail notices.yaml:8:74"),
        ("  - on: access.requested\n", "  - on: access.opened\n", "bad-template"),
    ]

    @Test(arguments: broken.indices) func whatIsWrongIsSaidWithItsPlace(_ index: Int) throws {
        let (passage, replacement, expected) = Self.broken[index]
        let text = Self.whole.replacing(passage, with: replacement, maxReplacements: 1)
        #expect(text != Self.whole)
        let reading = read(text)
        let errors = reading.diagnostics.filter { $0.severity == .error }
            .map { "\($0.code) \($0.place)" }
        if index == Self.broken.count - 1 {
            // A window that is open has a name, a group and a reason too.
            #expect(errors.isEmpty)
        } else {
            #expect(errors.contains { $0.hasPrefix(expected) }, "\(passage): \(errors)")
            #expect(reading.organization == nil)
        }
    }

    @Test func noMessageShowsASecret() {
        let text = Self.whole.replacing("secret: env:HOOK", with: "secret: whsec_Y2FuYXJ5")
        #expect(!read(text).diagnostics.contains { $0.text.contains("Y2FuYXJ5") })
    }
}

@Suite("break_glass.sealed")
struct SealedRuleTests {
    private static let keys = """
        sealed: {threshold: 2, keys: {ada@acme.example: \(key("a")), bob@acme.example: \(key("b"))}}
        """

    private static func key(_ letter: String) -> String {
        "k+0a1b2c3d+\(String(repeating: letter, count: 43))="
    }

    private func read(_ sealed: String) -> DefinitionReading {
        AcmeFiles.with("platform.yaml", "{people: [ada@acme.example]}", "{people: [ada@acme.example], \(sealed)}")
            .read()
    }

    @Test func isRead() throws {
        let rule = try #require(read(Self.keys).organization?.platform.breakGlass?.sealed)
        #expect(rule.threshold == 2 && rule.maximumValidity == .days(90))
        #expect(rule.keys.map(\.person.email.text) == ["ada@acme.example", "bob@acme.example"])
    }

    @Test(arguments: [
        ("threshold: 2", "threshold: 1", "out-of-range"), ("threshold: 2", "threshold: 3", "out-of-range"),
        ("k+0a1b2c3d+b", "k+0a1b2c3d", "bad-key"), ("bob@acme.example", "bob", "bad-email"),
        (key("b"), key("a"), "duplicate-key"), ("threshold: 2", "threshold: 2, max_validity: 10m", "out-of-range"),
    ])
    func isCheckedStrictly(_ passage: String, _ replacement: String, _ code: String) {
        let text = Self.keys.replacing(passage, with: replacement)
        #expect(text != Self.keys)
        #expect(read(text).diagnostics.contains { $0.severity == .error && $0.code == code })
    }
}
