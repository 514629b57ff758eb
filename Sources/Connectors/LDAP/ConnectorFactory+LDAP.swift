import AccessModel
import ConnectorKit

extension ConnectorFactory {
    /// OpenLDAP and Active Directory, under the name `ldap`.
    public static let ldap = ConnectorFactory(
        name: "ldap", abilities: .ldap,
        settings: SettingsSchema(
            required: [
                .init("url", example: "ldap://localhost"), .init("base_dn", example: "dc=example,dc=org"),
                .init("bind_dn", example: "cn=tenure,dc=example,dc=org"),
            ],
            optional: [
                "starttls", "ca_file", "network_timeout", "operation_timeout", "flavor", "people_ou", "groups_ou",
                "disabled_ou", "id_attribute", "login_attribute", "placeholder_member", "page_size", "connections",
            ], credential: "the password of `bind_dn`"
        ) { configuration throws(ConnectorError) in _ = try LDAPSettings(configuration) }
    ) { configuration throws(ConnectorError) in
        try LDAPDirectory(configuration, passwords: { GeneratedPassword.make() })
    }
}

extension TargetAbilities {
    /// The same for both flavours. A group can be empty in both: where the schema forbids it, a placeholder that no
    /// entry bears is its member. 64 characters are what Active Directory leaves a name.
    static let ldap = TargetAbilities(
        kinds: [.account, .group, .membership], holdsWorkloadMembers: false, holdsEmptyGroups: true,
        maximumGroupNameLength: 64)
}
