import PostgreSQLDriver

public typealias PostgreSQLAddress = PostgreSQLDriver.PostgreSQLAddress
public typealias PostgreSQLSettings = PostgreSQLDriver.PostgreSQLSettings

extension PostgreSQLAddress {
    /// Throws `.unavailable`, in words that repeat nothing of `uri`, when libpq cannot read it.
    public init(_ uri: String) throws(PersistenceError) {
        do throws(PostgreSQLFailure) {
            try self.init(reading: uri)
        } catch {
            throw PersistenceError(
                code: .unavailable, operation: "read the address of the database", message: error.message)
        }
    }
}
