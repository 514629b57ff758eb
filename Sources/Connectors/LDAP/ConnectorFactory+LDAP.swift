import AccessModel
import ConnectorKit

extension ConnectorFactory {
    /// OpenLDAP and Active Directory, under the name `ldap`.
    public static let ldap = ConnectorFactory(name: "ldap", abilities: .ldap) { configuration throws(ConnectorError) in
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
