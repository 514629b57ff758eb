import CLDAP
import ConnectorKit

extension LDAPSession {
    /// Makes an entry.
    func add(_ dn: String, _ attributes: [Modification]) throws(LDAPFailure) {
        let memory = RequestMemory()
        try write(ldap_add_ext_s(handle, dn, memory.modifications(attributes), nil, nil))
    }

    /// Changes an entry, by all of the steps or by none.
    func modify(_ dn: String, _ modifications: [Modification]) throws(LDAPFailure) {
        let memory = RequestMemory()
        try write(ldap_modify_ext_s(handle, dn, memory.modifications(modifications), nil, nil))
    }

    /// Takes an entry away.
    func delete(_ dn: String) throws(LDAPFailure) { try write(ldap_delete_ext_s(handle, dn, nil, nil)) }

    /// Gives an entry another name, another place, or both; the old name's values go.
    func rename(_ dn: String, to relative: String, under parent: String?) throws(LDAPFailure) {
        try write(ldap_rename_s(handle, dn, relative, parent, 1, nil, nil))
    }

    /// Sends a change, unless the time of the call is over.
    private func write(_ send: @autoclosure () -> Int32) throws(LDAPFailure) {
        guard !CallDeadline.isOver else { throw .refused(.unreachable, CallDeadline.explanation) }
        try check(send())
    }
}
