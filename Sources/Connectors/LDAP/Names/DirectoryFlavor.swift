/// Whose rules a directory follows.
enum DirectoryFlavor: String, Sendable, CaseIterable {
    case openLDAP = "openldap"
    case activeDirectory = "active-directory"
}
