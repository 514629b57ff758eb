import AccessModel

/// The address of a service, as a setting gives it.
enum ServiceAddress {
    /// The address without a slash at its end.
    ///
    /// - Throws: A `configuration` error for what is no plain `https` address: with a user, a query, a fragment, or
    ///   without encryption beyond this machine.
    static func validate(
        _ text: String, allowsMetadataAddress: Bool = false
    ) throws(ConnectorError) -> String {
        func refuse(_ message: String) -> ConnectorError {
            ConnectorError(code: .configuration, operation: "read the setting `url`", message: message)
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw refuse("the address has a space or a character beyond ASCII")
        }
        guard let scheme = ["https://", "http://"].first(where: { text.lowercased().hasPrefix($0) }) else {
            throw refuse("the address must begin with `https://`")
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else {
            throw refuse("the address holds a user; credentials belong into `credential`")
        }
        guard !rest.contains("?"), !rest.contains("#") else {
            throw refuse("the address has a query or a fragment; it must end with its path")
        }
        guard let host = host(of: authority), !host.isEmpty else { throw refuse("the address has no usable host") }
        let isNear = isThisMachine(host) || (allowsMetadataAddress && isMetadataService(host))
        guard scheme == "https://" || isNear else {
            throw refuse("plain `http` would show the credential to the network; use `https://`")
        }
        var address = text
        while address.hasSuffix("/") { address.removeLast() }
        return address
    }

    /// The host of an address that was let pass, without the brackets of a literal.
    static func host(ofURL address: String) -> String? {
        let authority = address.drop { $0 != ":" }.dropFirst("://".count).prefix { $0 != "/" }
        return host(of: authority).map { $0.hasPrefix("[") ? String($0.dropFirst().dropLast()) : String($0) }
    }

    /// Without a port; nil when the port is none, or a bracket is not closed.
    private static func host(of authority: Substring) -> Substring? {
        let host: Substring
        let port: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[...end]
            port = authority[authority.index(after: end)...]
        } else {
            host = authority.prefix { $0 != ":" }
            port = authority.dropFirst(host.count)
        }
        guard port.isEmpty || (port.first == ":" && UInt16(port.dropFirst()) ?? 0 > 0) else { return nil }
        return host
    }

    private static func isThisMachine(_ host: Substring) -> Bool {
        ["localhost", "127.0.0.1", "[::1]"].contains(host.lowercased())
    }

    /// Link-local addresses at which the hosts of instances and containers answer; they never leave the host.
    private static func isMetadataService(_ host: Substring) -> Bool {
        ["169.254.169.254", "169.254.170.2", "169.254.170.23", "[fd00:ec2::254]", "[fd00:ec2::23]"].contains(
            host.lowercased())
    }
}
