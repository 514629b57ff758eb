/// What a server says of itself to everyone.
struct RootEntry: Sendable {
    let isActiveDirectory: Bool
    let hasPasswordPolicy: Bool
    let pagesResults: Bool
    /// For an operator: the product and version, as far as it tells.
    let description: String

    init(_ session: LDAPSession) throws(LDAPFailure) {
        let attributes = [
            "objectClass", "supportedCapabilities", "supportedControl", "vendorName", "vendorVersion", "dnsHostName",
            "domainControllerFunctionality",
        ]
        guard let entry = try session.entry("", attributes: attributes) else {
            throw .refused(.configuration, "the server does not show its root entry")
        }
        isActiveDirectory = entry.texts("supportedCapabilities").contains("1.2.840.113556.1.4.800")
        hasPasswordPolicy = entry.texts("supportedControl").contains("1.3.6.1.4.1.42.2.27.8.5.1")
        pagesResults = entry.texts("supportedControl").contains("1.2.840.113556.1.4.319")
        let isOpenLDAP = entry.texts("objectClass").contains("OpenLDAProotDSE")
        let vendor = [entry.text("vendorName"), entry.text("vendorVersion")].compactMap(\.self)
        let product = isActiveDirectory ? "Active Directory" : isOpenLDAP ? "OpenLDAP" : "LDAP directory"
        let level = entry.text("domainControllerFunctionality").map { ["functional level \($0)"] } ?? []
        let host = entry.text("dnsHostName").map { [$0] } ?? []
        description = ([product] + vendor + level + host).joined(separator: ", ")
    }
}
