import AccessModel
import ConnectorKit

/// A target's settings, checked.
struct LDAPSettings: Sendable {
    let endpoint: LDAPEndpoint
    /// Nil: what the server says of itself decides.
    let flavor: DirectoryFlavor?
    let base: DistinguishedName
    let people: DistinguishedName
    let groups: DistinguishedName
    let disabled: DistinguishedName?
    let idAttribute: String?
    let loginAttribute: String?
    let placeholder: DistinguishedName
    let pageSize: Int
    let connections: Int

    init(_ configuration: ConnectorConfiguration) throws(ConnectorError) {
        var reader = try SettingsReader(configuration)
        endpoint = try Self.endpoint(&reader, configuration)
        let flavorName = try reader.optionalString("flavor")
        flavor = flavorName.flatMap(DirectoryFlavor.init(rawValue:))
        guard flavorName == nil || flavor != nil else {
            throw reader.error("the setting `flavor` must be `openldap` or `active-directory`", about: "flavor")
        }
        let base = try Self.name("base_dn", default: nil, &reader)
        self.base = base
        people = try Self.unit("people_ou", default: "ou=people", base, &reader)
        groups = try Self.unit("groups_ou", default: "ou=groups", base, &reader)
        disabled = try Self.optionalUnit("disabled_ou", base, &reader)
        idAttribute = try Self.attribute("id_attribute", &reader)
        loginAttribute = try Self.attribute("login_attribute", &reader)
        placeholder = try Self.name("placeholder_member", default: "cn=tenure-empty-group", &reader)
        pageSize = try reader.integer("page_size", in: 1...1_000, default: 500)
        connections = try reader.integer("connections", in: 1...32, default: 4)
        try reader.finish()
        guard disabled.map({ !people.isWithin($0) }) ?? true else {
            throw reader.error(
                "`disabled_ou` holds `people_ou`; it must be another place, or one inside of it", about: "disabled_ou")
        }
    }

    // MARK: Names

    private static func name(
        _ setting: String, default standard: String?, _ reader: inout SettingsReader
    ) throws(ConnectorError) -> DistinguishedName {
        let text =
            if let standard { try reader.optionalString(setting) ?? standard } else { try reader.string(setting) }
        guard let name = DistinguishedName(text), !name.components.isEmpty else {
            throw reader.error(
                "the setting `\(setting)` must be a distinguished name such as `dc=example,dc=org`", about: setting)
        }
        return name
    }

    /// A name below the base; one that does not end in it is relative to it.
    private static func unit(
        _ setting: String, default standard: String, _ base: DistinguishedName, _ reader: inout SettingsReader
    ) throws(ConnectorError) -> DistinguishedName {
        let name = try name(setting, default: standard, &reader)
        return name.isWithin(base) ? name : DistinguishedName(components: name.components + base.components)
    }

    private static func optionalUnit(
        _ setting: String, _ base: DistinguishedName, _ reader: inout SettingsReader
    ) throws(ConnectorError) -> DistinguishedName? {
        guard let text = try reader.optionalString(setting) else { return nil }
        return try unit(setting, default: text, base, &reader)
    }

    private static func attribute(
        _ setting: String, _ reader: inout SettingsReader
    ) throws(ConnectorError) -> String? {
        guard let text = try reader.optionalString(setting) else { return nil }
        let bytes = Array(text.utf8)
        guard bytes[0].isLetter, bytes.allSatisfy({ $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") }) else {
            throw reader.error(
                "the setting `\(setting)` must be the name of an attribute, such as `mail`", about: setting)
        }
        return text
    }

    // MARK: The way there

    private static func endpoint(
        _ reader: inout SettingsReader, _ configuration: ConnectorConfiguration
    ) throws(ConnectorError) -> LDAPEndpoint {
        let url = try reader.string("url")
        guard let host = host(of: url) else {
            throw reader.error(
                "the setting `url` must be `ldaps://host:port` or `ldap://host:port` and nothing more", about: "url")
        }
        let isLDAPS = url.hasPrefix("ldaps://")
        let startsTLS = try reader.bool("starttls", default: !isLDAPS)
        guard !(isLDAPS && startsTLS) else {
            throw reader.error(
                "`starttls` is for ldap:// addresses; ldaps:// is protected from the start", about: "starttls")
        }
        // The password goes over this connection.
        guard isLDAPS || startsTLS || ["127.0.0.1", "[::1]", "localhost"].contains(host) else {
            throw reader.error(
                "`starttls: false` is for this machine alone; use ldaps:// or leave `starttls` out", about: "starttls")
        }
        let ca = try reader.optionalString("ca_file")
        let bindDN = try reader.string("bind_dn")
        guard let password = configuration.readCredential, configuration.credential?.isEmpty == false else {
            throw reader.error("the target needs a `credential`: the password of `bind_dn`")
        }
        return LDAPEndpoint(
            url: url, startsTLS: startsTLS,
            caFile: ca.map { $0.hasPrefix("/") ? $0 : "\(configuration.baseDirectory)/\($0)" }, bindDN: bindDN,
            password: password, networkTimeout: try timeout("network_timeout", .seconds(10), &reader),
            operationTimeout: try timeout("operation_timeout", .seconds(60), &reader))
    }

    private static func timeout(
        _ setting: String, _ standard: Span, _ reader: inout SettingsReader
    ) throws(ConnectorError) -> Span {
        let span = try reader.span(setting, default: standard)
        guard span >= .seconds(1), span <= .minutes(10) else {
            throw reader.error("the setting `\(setting)` must be from `1s` to `10m`", about: setting)
        }
        return span
    }

    /// Nil for anything but a scheme, a host and a port: what else an LDAP address may hold would widen or narrow a
    /// search behind the back of these settings.
    private static func host(of url: String) -> String? {
        guard let scheme = ["ldaps://", "ldap://"].first(where: { url.hasPrefix($0) }) else { return nil }
        var rest = url.utf8.dropFirst(scheme.utf8.count)
        if rest.last == UInt8(ascii: "/") { rest = rest.dropLast() }
        let marks = Array(".-:[]".utf8)
        guard !rest.isEmpty, rest.allSatisfy({ $0.isLetter || $0.isDigit || marks.contains($0) }) else { return nil }
        let text = String(decoding: rest, as: UTF8.self)
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") { return String(text[...end]) }
        return String(text.prefix { $0 != ":" }).lowercased()
    }
}
