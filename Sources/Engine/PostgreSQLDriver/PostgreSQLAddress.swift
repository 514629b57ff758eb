import CPostgreSQL

/// Where a server is and who signs in, from a URI as libpq takes it. What it prints never holds the password.
public struct PostgreSQLAddress: Hashable, Sendable, CustomStringConvertible {
    /// libpq's keywords and their values.
    let options: [String: String]
    /// What must never be shown.
    private let secrets: [String]

    /// Whether `text` is meant as one: `postgres://` or `postgresql://`.
    public static func isAddress(_ text: String) -> Bool {
        text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
    }

    /// Throws, in words that repeat nothing of `uri`, when libpq cannot read it.
    package init(reading uri: String) throws(PostgreSQLFailure) {
        guard Self.isAddress(uri), !uri.utf8.contains(0) else { throw Self.unreadable }
        // What libpq says of a fault quotes the URI, and so perhaps the password.
        guard let parsed = PQconninfoParse(uri, nil) else { throw Self.unreadable }
        defer { PQconninfoFree(parsed) }
        var options: [String: String] = [:]
        var next = parsed
        while let keyword = next.pointee.keyword {
            if let value = next.pointee.val { options[String(cString: keyword)] = String(cString: value) }
            next += 1
        }
        self.options = options
        let hidden = ["password", "sslpassword"].compactMap { options[$0] }.filter { !$0.isEmpty }
        let written = Self.password(in: uri).map { [$0] } ?? []
        secrets = Set(hidden + written).sorted { $0.utf8.count > $1.utf8.count }
    }

    /// From libpq's keywords; the values of those that are secret are never shown.
    package init(options: [String: String]) {
        self.options = options
        secrets = ["password", "sslpassword"].compactMap { options[$0] }.filter { !$0.isEmpty }
            .sorted { $0.utf8.count > $1.utf8.count }
    }

    /// Without the password, and without what was not said.
    public var description: String {
        let user = options["user"].map { "\($0)@" } ?? ""
        let hosts = (options["host"] ?? options["hostaddr"] ?? "").split(
            separator: ",", omittingEmptySubsequences: false)
        let ports = (options["port"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        let places = hosts.enumerated().map { index, host in
            let port = ports.count == 1 ? ports[0] : ports.indices.contains(index) ? ports[index] : ""
            return port.isEmpty ? String(host) : "\(host):\(port)"
        }
        return redacted("postgres://\(user)\(places.joined(separator: ","))/\(options["dbname"] ?? "")")
    }

    /// `text` with every secret taken out.
    package func redacted(_ text: String) -> String {
        secrets.reduce(text) { $0.replacing($1, with: "***") }
    }

    /// What to connect with, one for each of the hosts in their order: as the URI has them, and what makes a dead
    /// connection known in time. One at a time, because libpq would wait for the first of them for as long as it
    /// may wait for all.
    var alternatives: [[Keyword]] {
        let defaults = [
            "fallback_application_name": "tenure", "keepalives_idle": "15", "keepalives_interval": "5",
            "keepalives_count": "3", "tcp_user_timeout": "30000",
        ]
        var all = defaults.merging(options) { _, stated in stated }
        // Text goes over the wire as it is kept here, whatever the environment says.
        all["client_encoding"] = "UTF8"
        let lists = ["host", "hostaddr", "port"].compactMap { name in
            all[name].map { (name: name, values: $0.split(separator: ",", omittingEmptySubsequences: false)) }
        }
        let count = lists.filter { $0.name != "port" }.map(\.values.count).max() ?? 1
        return (0..<count).map { index in
            var one = all
            for list in lists where list.values.count == count { one[list.name] = String(list.values[index]) }
            return one.sorted { $0.key < $1.key }.map { Keyword(name: $0.key, value: $0.value) }
        }
    }

    /// One of libpq's.
    struct Keyword: Hashable {
        let name: String
        let value: String
    }

    /// The password as it stands in the URI, with its percent signs.
    private static func password(in uri: String) -> String? {
        guard let start = uri.range(of: "://")?.upperBound else { return nil }
        let authority = uri[start...].prefix { $0 != "/" && $0 != "?" }
        guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else {
            return nil
        }
        let password = authority[authority.index(after: colon)..<at]
        return password.isEmpty ? nil : String(password)
    }

    private static var unreadable: PostgreSQLFailure {
        .broken(
            "it is not one of PostgreSQL; write it as postgres://USER@HOST:PORT/DATABASE, with a `%` before "
                + "the hexadecimal code of a character that has a meaning there")
    }
}

extension PostgreSQLAddress {
    /// The same for libpq's own programs: what may stand on a command line, which everybody on the machine can read, and
    /// what may not.
    package struct ForPrograms: Sendable {
        package let conninfo: String
        package let environment: [String: String]
    }

    /// Throws for an address with a secret that libpq's programs take on the command line alone.
    package func forPrograms() throws(PostgreSQLFailure) -> ForPrograms {
        guard options["sslpassword"] == nil else {
            throw .broken("libpq's programs take the passphrase of a client's key on the command line alone")
        }
        let words = options.filter { $0.key != "password" }.sorted { $0.key < $1.key }.map { name, value in
            "\(name)='\(value.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
        }
        let environment = options["password"].map { ["PGPASSWORD": $0] } ?? [:]
        return ForPrograms(conninfo: words.joined(separator: " "), environment: environment)
    }
}
