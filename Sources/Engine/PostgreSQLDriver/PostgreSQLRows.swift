import CPostgreSQL

/// Rows as they come over the wire, in the binary format.
enum PostgreSQLRows {
    static func decode(_ result: OpaquePointer) throws(PostgreSQLFailure) -> [SQLRow] {
        let columns = PQnfields(result)
        let types = (0..<columns).map { PQftype(result, $0) }
        var rows: [SQLRow] = []
        rows.reserveCapacity(Int(PQntuples(result)))
        for row in 0..<PQntuples(result) {
            var values: [SQLValue] = []
            values.reserveCapacity(Int(columns))
            for column in 0..<columns { values.append(try value(result, row, column, types[Int(column)])) }
            rows.append(SQLRow(values))
        }
        return rows
    }

    private static func value(
        _ result: OpaquePointer, _ row: Int32, _ column: Int32, _ type: Oid
    ) throws(PostgreSQLFailure) -> SQLValue {
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else { return .null }
        let length = Int(PQgetlength(result, row, column))
        let bytes = UnsafeRawBufferPointer(start: start, count: length)
        switch type {
        case PostgreSQLType.int8: return .integer(integer(bytes, Int64.self))
        case PostgreSQLType.int4: return .integer(Int64(integer(bytes, Int32.self)))
        case PostgreSQLType.int2: return .integer(Int64(integer(bytes, Int16.self)))
        case PostgreSQLType.bool: return .bool(bytes.first == 1)
        case PostgreSQLType.bytea: return .blob(Array(bytes))
        case PostgreSQLType.void: return .null
        case _ where PostgreSQLType.texts.contains(type): return .text(String(decoding: bytes, as: UTF8.self))
        default:
            throw PostgreSQLFailure(
                state: "42804",
                message: "column \(column) is of a type that is not portable; cast it to BIGINT or TEXT",
                isBroken: false)
        }
    }

    private static func integer<Number: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer, _: Number.Type) -> Number {
        bytes.reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }
}
