import StrictJSON

let closingBrace = UInt8(ascii: "}")

/// The kinds of lines in an export, told apart by how they begin. Each has one canonical form.
enum ExportLine {
    case record(hash: MerkleHash, leaf: ArraySlice<UInt8>)
    case checkpoint(note: String)
    case end(checkpoints: Int, records: Int)

    static let recordStart = Array(#"{"hash":""#.utf8)
    static let recordMiddle = Array(#"","leaf":"#.utf8)
    static let checkpointStart = Array(#"{"checkpoint":"#.utf8)
    static let endStart = Array(#"{"end":"#.utf8)
    /// 32 bytes in base64.
    private static let hashLength = 44

    static func end(checkpoints: Int, records: Int) -> [UInt8] {
        let json: JSONValue = ["end": ["checkpoints": .int(checkpoints), "size": .int(records)]]
        return json.canonicalBytes
    }

    /// Nil for a line that is none of these, or not in its canonical form. A record's leaf is not read yet.
    init?(_ line: ArraySlice<UInt8>) {
        if line.starts(with: Self.recordStart) {
            self.init(record: line.dropFirst(Self.recordStart.count))
        } else if line.starts(with: Self.checkpointStart) {
            guard let note = Self.canonical(line)?["checkpoint"]?.string else { return nil }
            self = .checkpoint(note: note)
        } else if line.starts(with: Self.endStart) {
            guard let end = Self.canonical(line)?["end"], let checkpoints = end["checkpoints"]?.integer,
                let records = end["size"]?.integer,
                Self.end(checkpoints: Int(checkpoints), records: Int(records)).elementsEqual(line)
            else { return nil }
            self = .end(checkpoints: Int(checkpoints), records: Int(records))
        } else {
            return nil
        }
    }

    private init?(record rest: ArraySlice<UInt8>) {
        guard let hash = MerkleHash(base64: String(decoding: rest.prefix(Self.hashLength), as: UTF8.self)) else {
            return nil
        }
        let rest = rest.dropFirst(Self.hashLength)
        guard rest.starts(with: Self.recordMiddle), rest.last == closingBrace,
            rest.count > Self.recordMiddle.count
        else { return nil }
        self = .record(hash: hash, leaf: rest.dropFirst(Self.recordMiddle.count).dropLast())
    }

    /// The object of one member that `line` is, in canonical form.
    private static func canonical(_ line: ArraySlice<UInt8>) -> JSONValue? {
        do {
            let json = try JSONParser.parse(line)
            guard json.object?.members.count == 1, json.canonicalBytes.elementsEqual(line) else { return nil }
            return json
        } catch {
            return nil
        }
    }

    /// The origin that the first line of an export states; nil for anything else.
    static func origin(header line: ArraySlice<UInt8>) -> String? {
        do {
            let json = try JSONParser.parse(line)
            guard json.object?.members.count == 2, json["format"]?.string == AuditExport.format,
                let origin = json["origin"]?.string, json.canonicalBytes.elementsEqual(line)
            else { return nil }
            return origin
        } catch {
            return nil
        }
    }
}
