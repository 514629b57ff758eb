import AccessModel
import Definitions
import Foundation
import Persistence
import StrictJSON
import TestSupport
import Testing

@testable import ControlPlane

@Suite("How a server is configured") struct ServerConfigurationTests {
    private static let secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    private func read(
        _ yaml: String?, _ environment: [String: String] = [:], _ flags: [ServerConfiguration.Flag] = []
    ) throws -> ServerConfiguration {
        guard let yaml else { return ServerConfiguration.read(file: nil, environment: environment, flags: flags) }
        let folder = try TemporaryFolder()
        try Data(yaml.utf8).write(to: URL(filePath: folder.path("tenure.yaml")))
        return ServerConfiguration.read(file: folder.path("tenure.yaml"), environment: environment, flags: flags)
    }

    /// `code line:column` of each finding.
    private func findings(_ configuration: ServerConfiguration) -> [String] {
        configuration.diagnostics.map { "\($0.code) \($0.place.line):\($0.place.column)" }
    }

    @Test func withoutAWordItListensOnThisMachineAlone() throws {
        let configuration = try read(nil)
        #expect(configuration.isValid && configuration.diagnostics.isEmpty)
        #expect(configuration.address == "127.0.0.1" && configuration.port == 7_443)
        #expect(configuration.values.count == Setting.all.count)
        #expect(configuration.values.allSatisfy { $0.source == .standard })
        #expect(configuration.bodyLimit == 4 << 20 && configuration.stopGrace == .seconds(30))
        #expect(try configuration.hrVerifier([:]) == nil)
    }

    /// A standard that its own setting does not take would be a default of zero.
    @Test func everyStandardIsTaken() throws {
        let configuration = try read(nil)
        for value in configuration.values where value.setting.standard != nil { #expect(value.content != nil) }
        #expect(Set(Setting.all.map(\.name)).count == Setting.all.count)
        #expect(Set(Setting.all.map(\.variable)).count == Setting.all.count)
    }

    @Test func aLaterSourceWins() throws {
        let yaml = "listen:\n  port: 1001\nlimits: {connections: 2}\nlog: {level: debug}\n"
        let environment = ["TENURE_LIMITS_CONNECTIONS": "3", "TENURE_LOG_LEVEL": "warning", "TENURE_LISTEN_PORT": ""]
        let flags = [ServerConfiguration.Flag("--set log.level", "log.level", "error")]
        let configuration = try read(yaml, environment, flags)
        #expect(configuration.isValid)
        #expect(configuration.port == 1_001 && configuration.maximumConnections == 3)
        #expect(configuration.logLevel == "error")
        let sources = [Setting.port, .connections, .logLevel, .grace].map { "\(configuration[$0].source)" }
        #expect(sources[0].hasSuffix("tenure.yaml:2:9"), "\(sources)")
        #expect(sources[1...] == ["$TENURE_LIMITS_CONNECTIONS", "--set log.level", "default"])
    }

    @Test func everythingWrongInTheFileIsNamedWithItsPlace() throws {
        let yaml = """
            listen:
              prot: 7443
              port: 70000
            log:
              level: verbos
              level: info
            limits: {body: 10TB, idle_timeout: soon}
            scim: {enabled: yes}
            stop_grace: [1, 2]
            tls: none
            reconcile_interval: &a 5m
            """
        let configuration = try read(yaml)
        let found = findings(configuration)
        #expect(!configuration.isValid)
        for wanted in [
            "unknown-key 2:3", "out-of-range 3:9", "duplicate-key 6:3", "bad-value 7:16", "bad-value 7:36",
            "bad-value 8:17", "wrong-type 9:13", "wrong-type 10:6",
        ] {
            #expect(found.contains(wanted), "\(wanted) is not in \(found)")
        }
        #expect(found.contains { $0.hasSuffix("11:21") }, "\(found)")
        let messages = configuration.diagnostics.map(\.message)
        #expect(messages.contains { $0.contains("did you mean `port`?") })
        // What is wrong leaves what was there before.
        #expect(configuration.port == 7_443 && !configuration.providesSCIM)
    }

    @Test func wordsOfEveryKindAreRead() throws {
        let folder = try TemporaryFolder()
        for name in ["cert.pem", "key.pem", "ca.pem", "secret"] {
            try Data("x\n".utf8).write(to: URL(filePath: folder.path(name)))
        }
        try FileManager.default.createDirectory(
            atPath: folder.path("org"), withIntermediateDirectories: false)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.path("secret"))
        let yaml = """
            $schema: tenure/v1
            listen: {address: 0.0.0.0, port: 0}
            public_url: https://tenure.mountainlab.io/
            tls: {certificate: cert.pem, key: key.pem, client_ca: ca.pem, client_certificates: required}
            state: state/tenure.db
            keys: /var/lib/tenure
            definitions: {source: org, poll_interval: PT1M}
            oidc: {issuer: https://id.mountainlab.io, client_id: tenure, client_secret: file:secret}
            hr: {secrets: [env:HR_NEW, env:HR_OLD], binary: false, snapshot_limit: 1MiB}
            """
        try Data(yaml.utf8).write(to: URL(filePath: folder.path("tenure.yaml")))
        let environment = ["HR_NEW": Self.secret, "HR_OLD": Self.secret]
        let configuration = ServerConfiguration.read(file: folder.path("tenure.yaml"), environment: environment)
        #expect(configuration.isValid, "\(configuration.diagnostics)")
        #expect(configuration.publicURL == "https://tenure.mountainlab.io")
        let base = (folder.path as NSString).standardizingPath
        #expect(configuration.certificate == base + "/cert.pem")
        #expect(configuration.clientCertificates == .required)
        #expect(configuration.definitions == .folder(base + "/org"))
        #expect(configuration.audience == "tenure")
        #expect(try configuration.clientSecret(environment)?.reveal() == "x")
        #expect(try configuration.hrVerifier(environment) != nil)
        #expect(!configuration.intakeSettings.takesBinary && configuration.intakeSettings.snapshotLimit == 1 << 20)
        let state = try configuration.stateFolder(environment)
        #expect(state.name == base + "/state/tenure.db")
        #expect(state.privateKey == "/var/lib/tenure/tenure.key")
    }

    @Test func dataKeysAreOneRing() throws {
        let keys = [1, 2].map { Data(repeating: $0, count: 32).base64EncodedString() }
        let environment = ["NEW": keys[0], "OLD": keys[1]]
        let yaml = "data_key: {current: env:NEW, previous: [env:OLD]}"
        let folder = try TemporaryFolder()
        try Data(yaml.utf8).write(to: URL(filePath: folder.path("tenure.yaml")))
        let configuration = ServerConfiguration.read(file: folder.path("tenure.yaml"), environment: environment)
        #expect(configuration.isValid, "\(configuration.diagnostics)")
        let ring = try #require(try configuration.dataKeys(environment))
        let old = DataKeyRing(try DataKey(SecretText(keys[1])))
        #expect(try ring.open(old.seal(SecretText("x"), as: "a"), as: "a").reveal() == "x")
        #expect(ring.isCurrent(try ring.seal(SecretText("x"), as: "a")))
        #expect(try read(nil).dataKeys([:]).map(\.current.id) == nil)
    }

    @Test func definitionsMayComeFromARepository() throws {
        for url in ["https://git.mountainlab.io/iam.git", "git@git.mountainlab.io:iam.git", "ssh://git@host/iam"] {
            let configuration = try read("definitions: {source: \"\(url)\", branch: live}")
            #expect(configuration.definitions == .repository(url: url, branch: "live", every: .seconds(60)))
        }
    }

    @Test func whatDoesNotGoTogetherIsAnError() throws {
        let cases: [(String, String)] = [
            ("listen: {address: 0.0.0.0}", "plain-http"),
            ("tls: {certificate: /nowhere.pem}", "incomplete-tls"),
            ("tls: {certificate: /nowhere.pem, key: /nowhere.pem}", "missing-file"),
            ("tls: {client_certificates: optional}", "incomplete-tls"),
            ("oidc: {issuer: https://id.example}", "incomplete-oidc"),
            ("oidc: {client_id: x}", "incomplete-oidc"),
            ("oidc: {issuer: http://id.example, client_id: x}", "bad-value"),
            ("public_url: https://u:p@h", "bad-value"),
            ("hr: {secrets: [env:NOT_THERE]}", "bad-secret"),
            ("definitions: {source: /nowhere}", "missing-file"),
            ("data_key: {previous: [env:OLD]}", "incomplete-data-key"),
            ("data_key: {current: env:PATH}", "bad-secret"),
        ]
        for (yaml, code) in cases {
            let configuration = try read(yaml)
            #expect(!configuration.isValid && configuration.diagnostics.contains { $0.code == code }, "\(yaml)")
        }
        #expect(try read("listen: {address: 0.0.0.0, plain: true}").isValid)
        #expect(
            ServerConfiguration.read(file: "/nowhere.yaml", environment: [:]).diagnostics.map(\.code) == [
                "missing-file"
            ])
    }

    @Test func aNearlyRightVariableIsRemarkedUpon() throws {
        let configuration = try read(nil, ["TENURE_LISTEN_PROT": "1", "TENURE_CLOCK": "x", "TENURE_MY_SECRET": "y"])
        #expect(configuration.isValid)
        #expect(configuration.diagnostics.map(\.message).count == 1)
        #expect(configuration.diagnostics.first?.message.contains("did you mean `TENURE_LISTEN_PORT`?") == true)
        let flag = try read(nil, [:], [.init("--set log.levl", "log.levl", "info")])
        #expect(flag.diagnostics.first?.message.contains("did you mean `log.level`?") == true)
    }

    /// A secret that somebody wrote where a reference belongs, or that a reference leads to, is shown nowhere.
    @Test func noSecretIsShown() throws {
        let canary = "canary-4711"
        let configurations = [
            try read("oidc: {client_secret: \(canary)}\nhr: {secrets: [\(canary), \"whsec_\(canary)\"]}"),
            try read(nil, ["TENURE_DATA_KEY_CURRENT": canary, "TENURE_HR_SECRETS": "\(canary),env:X"]),
            try read(nil, ["TENURE_HR_SECRETS": "env:HR", "HR": canary]),
            try read(nil, ["TENURE_STATE": "postgres://u:\(canary)@h/d"]),
            try read(nil, ["TENURE_STATE": "postgres://u:\(canary)@h:%zz/d"]),
            try read(nil, ["TENURE_STATE": "env:DB", "DB": "postgres://u:\(canary)@h/d"]),
        ]
        for (number, configuration) in configurations.enumerated() {
            var dump = ""
            Swift.dump(configuration, to: &dump)
            let shown = "\(configuration) \(configuration.json.compactText) \(dump)"
            #expect(!shown.contains(canary), "\(number)")
        }
        #expect(configurations[0].diagnostics.contains { $0.code == "not-a-reference" })
        #expect(configurations[3].isValid && !configurations[4].isValid)
        #expect(configurations[5][.state].shown == "env:DB")
    }

    /// The page and the list are one.
    @Test func thePageSaysWhatTheListSays() throws {
        let page = try String(
            contentsOfFile: TestSystems.packageDirectory + "/docs/reference/configuration.md", encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
        let wanted = Setting.all.map { setting in
            "| `\(setting.name)` | \(setting.grammar) | \(setting.standard.map { "`\($0)`" } ?? "") | \(setting.summary) |"
        }
        #expect(rows == wanted, "the table has to be\n\(wanted.joined(separator: "\n"))")
    }
}
