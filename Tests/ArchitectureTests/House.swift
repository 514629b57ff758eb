import Foundation

/// The house as DESIGN has it, from the inside out, and what of the outside each room may use.
enum House {
    struct Room {
        let module: String
        let path: String
        /// Modules from outside of the package.
        let outside: Set<String>
        /// Rooms above it that it must not look into all the same.
        let strangers: Set<String>

        init(_ module: String, _ path: String, outside: Set<String> = [], strangers: Set<String> = []) {
            self.module = module
            self.path = path
            self.outside = outside
            self.strangers = strangers
        }
    }

    static let connectors: Set<String> = [
        "DirectoryConnector", "LDAPConnector", "SCIMConnector", "KubernetesConnector", "AWSConnector",
        "PostgreSQLConnector", "VaultConnector",
    ]

    /// Imports point only upward in this list.
    static let rooms: [Room] = [
        Room("StrictJSON", "Domain/StrictJSON"),
        Room("AccessModel", "Domain/AccessModel"),
        Room("Definitions", "Domain/Definitions", outside: ["CYAML", "Foundation"]),
        Room("Planning", "Domain/Planning", outside: ["Crypto", "Foundation"]),
        Room("CEL", "Domain/CEL", outside: ["Foundation"], strangers: ["AccessModel", "Definitions", "Planning"]),
        Room("Policies", "Domain/Policies"),
        Room(
            "AuditTrail", "Domain/AuditTrail", outside: ["Crypto", "Foundation"],
            strangers: ["Definitions", "Planning", "Policies"]),
        Room(
            "PostgreSQLDriver", "Engine/PostgreSQLDriver", outside: ["CPostgreSQL", "Dispatch", "Foundation"],
            strangers: ["StrictJSON", "AccessModel", "Definitions", "Planning", "CEL", "Policies", "AuditTrail"]),
        Room(
            "Persistence", "Engine/Persistence",
            outside: [
                "CSQLite", "Crypto", "Darwin", "Dispatch", "Foundation", "GRDB", "Glibc",
                "Synchronization",
            ],
            strangers: ["Definitions", "Planning", "Policies"]),
        Room(
            "Traces", "Engine/Traces", outside: ["Instrumentation", "Synchronization", "Tracing"],
            strangers: [
                "StrictJSON", "AccessModel", "Definitions", "Planning", "CEL", "Policies", "AuditTrail",
                "PostgreSQLDriver", "Persistence",
            ]),
        Room(
            "ConnectorKit", "Engine/ConnectorKit",
            outside: [
                "Instrumentation", "CLinux",
                "AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOSSL", "NIOFoundationCompat", "Foundation", "Glibc",
                "Synchronization",
            ],
            strangers: ["Persistence", "PostgreSQLDriver", "AuditTrail", "Definitions", "Policies"]),
        Room(
            "Forges", "Engine/Forges", outside: ["Foundation"],
            strangers: [
                "Definitions", "Planning", "Policies", "AuditTrail", "Persistence", "PostgreSQLDriver",
            ]),
        Room(
            "WorkflowEngine", "Engine/WorkflowEngine", outside: ["Foundation", "Crypto", "Synchronization", "Tracing"],
            strangers: ["Definitions"]),
        Room(
            "Notices", "Engine/Notices",
            outside: ["Crypto", "Foundation", "NIOCore", "NIOPosix", "NIOSSL", "Synchronization"],
            strangers: ["Planning", "Policies", "WorkflowEngine"]),
        Room(
            "SignIn", "Engine/SignIn",
            outside: [
                "Crypto", "CryptoExtras", "Foundation", "NIOCore", "NIOHTTP1", "NIOPosix", "Synchronization",
            ],
            strangers: ["Planning", "Policies", "WorkflowEngine", "Notices"]),
        Room(
            "DirectoryConnector", "Connectors/Directory",
            outside: ["Foundation", "Glibc", "Crypto", "Synchronization"],
            strangers: connectorStrangers),
        Room(
            "LDAPConnector", "Connectors/LDAP", outside: ["Foundation", "CLDAP", "Glibc", "Dispatch"],
            strangers: connectorStrangers),
        Room("SCIMConnector", "Connectors/SCIM", outside: ["Foundation"], strangers: connectorStrangers),
        Room(
            "KubernetesConnector", "Connectors/Kubernetes",
            outside: ["CYAML", "Crypto", "Foundation", "Synchronization"], strangers: connectorStrangers),
        Room("AWSConnector", "Connectors/AWS", outside: ["Crypto", "Foundation"], strangers: connectorStrangers),
        Room("PostgreSQLConnector", "Connectors/PostgreSQL", outside: ["Foundation"], strangers: connectorStrangers),
        Room("VaultConnector", "Connectors/Vault", outside: ["Crypto", "Foundation"], strangers: connectorStrangers),
        Room("Lifecycle", "Lifecycle", outside: ["Foundation", "Synchronization"], strangers: connectors),
        Room(
            "WebServer", "App/WebServer",
            outside: [
                "Crypto", "Foundation", "HTTPTypes", "Hummingbird", "HummingbirdCore", "HummingbirdTLS", "Logging",
                "NIOCore", "NIOPosix", "NIOSSL", "Synchronization", "Tracing",
            ],
            strangers: ["AccessModel", "Definitions", "Persistence", "Lifecycle", "WorkflowEngine"]),
        Room(
            "SCIMServer", "App/SCIMServer", outside: ["Crypto", "Foundation", "HTTPTypes", "Synchronization"],
            strangers: ["WorkflowEngine", "SignIn"]),
        Room(
            "ControlPlane", "App/ControlPlane",
            outside: [
                "Foundation", "Glibc", "Crypto", "HTTPTypes", "Logging", "ServiceLifecycle", "Synchronization",
                "Tracing",
            ]),
        Room("Answers", "App/Answers", strangers: connectors),
        Room(
            "API", "App/API",
            outside: [
                "Crypto", "Foundation", "HTTPTypes", "Logging", "NIOSSL", "ServiceLifecycle", "Synchronization",
                "Tracing",
            ],
            strangers: connectors),
        Room(
            "tenure", "App/Command",
            outside: ["ArgumentParser", "CLinux", "Dispatch", "Foundation", "Glibc", "Logging", "Synchronization"],
            strangers: connectors),
    ]

    private static let connectorStrangers: Set<String> = connectors.union([
        "Definitions", "Policies", "AuditTrail", "Persistence", "WorkflowEngine", "Notices", "Lifecycle",
    ])
}

/// One file of the sources.
struct SourceFile {
    let path: String
    let lines: [String]

    var name: String { (path as NSString).lastPathComponent }
    var folder: String { (path as NSString).deletingLastPathComponent }

    /// The modules that it imports.
    var imports: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard let index = words.firstIndex(of: "import"), index + 1 < words.count,
                words[..<index].allSatisfy({
                    $0.hasPrefix("@") || ["public", "package", "internal", "private"].contains($0)
                })
            else { return nil }
            let last = words[index + 1]
            let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias", "actor"]
            let module = kinds.contains(last) && index + 2 < words.count ? words[index + 2] : last
            return module.split(separator: ".").first.map(String.init)
        }
    }

    /// The lengths in lines of its functions, initializers and subscripts, each with where it begins.
    var functions: [Function] {
        var found: [Function] = []
        var open: [(depth: Int, start: Int)] = []
        var depth = 0
        for (number, line) in lines.enumerated() {
            let code = Self.withoutTextAndComment(line)
            if Self.beginsFunction(code) { open.append((depth, number)) }
            for character in code where character == "{" || character == "}" {
                depth += character == "{" ? 1 : -1
                if character == "}", let last = open.last, depth == last.depth {
                    found.append(Function(place: "\(path):\(last.start + 1)", length: number - last.start + 1))
                    open.removeLast()
                }
            }
        }
        return found
    }

    struct Function {
        let place: String
        let length: Int
    }

    private static func beginsFunction(_ code: String) -> Bool {
        code.contains(/(^|\s)(func\s+[^\s(]+|init[?]?)\s*[(<]/) && !code.contains(/^\s*(return|try|self|super)\b/)
            && !code.contains(/\.init\(/) && !code.contains(/=\s*\S*init\(/)
    }

    private static func withoutTextAndComment(_ line: String) -> String {
        var code = ""
        var inText = false
        var previous: Character = " "
        for character in line {
            if character == "\"", previous != "\\" { inText.toggle() }
            if !inText {
                if character == "/", previous == "/" { return String(code.dropLast()) }
                code.append(character)
            }
            previous = character
        }
        return code
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Every Swift file under `folder` of the package.
    static func all(under folder: String) throws -> [SourceFile] {
        let base = root.appending(path: folder)
        guard let enumerator = FileManager.default.enumerator(atPath: base.path) else { return [] }
        return try enumerator.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted().map { path in
            let text = try String(contentsOf: base.appending(path: path), encoding: .utf8)
            return SourceFile(path: folder + "/" + path, lines: text.components(separatedBy: "\n"))
        }
    }
}
