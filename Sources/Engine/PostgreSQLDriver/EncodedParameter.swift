import CPostgreSQL

/// A parameter as it goes over the wire.
package struct EncodedParameter {
    let type: Oid
    /// Nil for NULL. Text ends with a zero byte, which does not count.
    let bytes: [UInt8]?
    let isBinary: Bool

    private init(type: Oid, bytes: [UInt8]?, isBinary: Bool) {
        self.type = type
        self.bytes = bytes
        self.isBinary = isBinary
    }

    /// As the type that the value is of by itself.
    init(_ value: SQLValue) {
        type = PostgreSQLType.of(value)
        switch value {
        case .null: (bytes, isBinary) = (nil, false)
        case .integer(let value): (bytes, isBinary) = (withUnsafeBytes(of: value.bigEndian) { Array($0) }, true)
        case .text(let text): (bytes, isBinary) = (Array(text.utf8) + [0], false)
        case .blob(let blob): (bytes, isBinary) = (blob, true)
        }
    }

    /// As `type`, which the server has found for the parameter; nil where the value is not of that type.
    init?(_ value: SQLValue, as type: Oid) {
        switch value {
        case .integer(let number) where [PostgreSQLType.int4, PostgreSQLType.int2].contains(type):
            self.init(type: type, bytes: Array(String(number).utf8) + [0], isBinary: false)
        case .text where PostgreSQLType.texts.contains(type): self.init(value)
        default:
            guard value == .null || PostgreSQLType.of(value) == type else { return nil }
            self.init(value)
        }
    }
}

/// The server's types that this driver knows.
enum PostgreSQLType {
    static let bool: Oid = 16
    static let bytea: Oid = 17
    static let name: Oid = 19
    static let int8: Oid = 20
    static let int2: Oid = 21
    static let int4: Oid = 23
    static let text: Oid = 25
    static let unknown: Oid = 705
    static let varchar: Oid = 1043
    static let void: Oid = 2278

    static let texts: Set<Oid> = [text, name, unknown, varchar]

    /// 0, for the server to find out, of NULL.
    static func of(_ value: SQLValue) -> Oid {
        switch value {
        case .null: 0
        case .integer: int8
        case .text: text
        case .blob: bytea
        }
    }
}

/// Parameters in the arrays that libpq takes.
struct ParameterList {
    let count: Int32
    let types: [Oid]
    let values: [UnsafePointer<CChar>?]
    let lengths: [Int32]
    let formats: [Int32]

    static func with<Result>(_ parameters: [EncodedParameter], _ body: (ParameterList) -> Result) -> Result {
        // One buffer for all of them: a batch has thousands.
        var starts: [Int?] = []
        var buffer: [UInt8] = []
        starts.reserveCapacity(parameters.count)
        for parameter in parameters {
            starts.append(parameter.bytes == nil ? nil : buffer.count)
            if let bytes = parameter.bytes { buffer += bytes }
        }
        // An empty blob at the end still needs a place that is not NULL.
        buffer.append(0)
        return buffer.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { bytes in
                body(
                    ParameterList(
                        count: Int32(parameters.count), types: parameters.map(\.type),
                        values: starts.map { start in start.flatMap { bytes.baseAddress?.advanced(by: $0) } },
                        lengths: parameters.map { Int32($0.bytes?.count ?? 0) },
                        formats: parameters.map { $0.isBinary ? 1 : 0 }))
            }
        }
    }
}
