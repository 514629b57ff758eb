extension CELString {
    /// `format`: this string with its clauses replaced by `arguments`, in order. `%%` stands for `%`. Fails with
    /// `invalidArgument` at an unknown clause, for want of an argument or at one of a wrong type.
    public func formatted(with arguments: [CELValue]) throws(CELError) -> CELString {
        try CELFormatter(template: Array(utf8), arguments: arguments).formatted()
    }
}

/// Fills the clauses of a template: `%[.precision]conversion`.
struct CELFormatter {
    private static let defaultPrecision = 6
    private static let highestPrecision = 1_000

    let template: [UInt8]
    let arguments: [CELValue]
    private var position = 0
    private var used = 0
    private var output: [UInt8] = []

    init(template: [UInt8], arguments: [CELValue]) {
        self.template = template
        self.arguments = arguments
    }

    private static let percent = UInt8(ascii: "%")

    func formatted() throws(CELError) -> CELString {
        var copy = self
        try copy.run()
        return CELString(String(decoding: copy.output, as: UTF8.self))
    }

    private mutating func run() throws(CELError) {
        while position < template.count {
            let byte = template[position]
            position += 1
            guard byte == Self.percent else {
                output.append(byte)
                continue
            }
            if position < template.count, template[position] == Self.percent {
                output.append(byte)
                position += 1
            } else {
                try clause()
            }
        }
    }

    private mutating func clause() throws(CELError) {
        guard used < arguments.count else {
            throw CELError(.invalidArgument, "index \(used) out of range: the format has more clauses than arguments")
        }
        let argument = arguments[used]
        used += 1
        let precision = try precision()
        guard position < template.count else { throw CELError(.invalidArgument, "unexpected end of string") }
        let letter = Unicode.Scalar(template[position])
        position += 1
        switch letter {
        case "s": try CELTextFormat.append(argument, to: &output)
        case "d": output += try CELTextFormat.decimal(argument).utf8
        case "f":
            output += try CELTextFormat.double(argument, clause: "fixed-point") { $0.fixed(precision) }.utf8
        case "e":
            output += try CELTextFormat.double(argument, clause: "scientific") { $0.scientific(precision) }.utf8
        case "b": output += try CELTextFormat.binary(argument).utf8
        case "o": output += try CELTextFormat.octal(argument).utf8
        case "x", "X": output += try CELTextFormat.hexadecimal(argument, isUppercase: letter == "X").utf8
        default:
            let rest = String(decoding: template[(position - 1)...], as: UTF8.self)
            throw Self.unparsable("unrecognized formatting clause \"\(String(rest.unicodeScalars.prefix(1)))\"")
        }
    }

    private mutating func precision() throws(CELError) -> Int {
        guard position < template.count, template[position] == UInt8(ascii: ".") else { return Self.defaultPrecision }
        position += 1
        let begin = position
        var value = 0
        while position < template.count, (0x30...0x39).contains(template[position]) {
            value = min(value * 10 + Int(template[position] - 0x30), Self.highestPrecision + 1)
            position += 1
        }
        guard position < template.count else {
            throw Self.unparsable("error while parsing precision: could not find end of precision specifier")
        }
        guard position > begin else { throw Self.unparsable("error while parsing precision: digits are missing") }
        guard value <= Self.highestPrecision else {
            throw Self.unparsable("error while parsing precision: it is at most \(Self.highestPrecision)")
        }
        return value
    }

    private static func unparsable(_ message: String) -> CELError {
        CELError(.invalidArgument, "could not parse formatting clause: \(message)")
    }
}
