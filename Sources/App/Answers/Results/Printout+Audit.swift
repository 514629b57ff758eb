import AuditTrail
import ControlPlane
import StrictJSON

extension Printout {
    public static func records(_ entries: [Entry]) -> Printout {
        Printout(
            text: { ink in
                var table = TextTable("SEQ", "AT", "TYPE", "ACTOR", "ABOUT", "DETAIL")
                for entry in entries {
                    let record = entry.record
                    let detail = record.body.compactText
                    table.add(
                        String(entry.seq), record.at.description, record.type, record.actor,
                        record.subject ?? record.caseID ?? "-",
                        detail.count > 100 ? detail.prefix(99) + "…" : detail)
                }
                return table.text(ink)
            }, json: { .array(entries.map(\.json)) })
    }

    /// The proof that a record is in the log: the file itself.
    public static func proof(_ proof: InclusionProofFile) -> Printout {
        var text = String(decoding: proof.encoded, as: UTF8.self)
        while text.utf8.last == 0x0A { text.removeLast() }
        return .verbatim(text)
    }

    /// The note ends its own last line; one more would be no part of it, and the file no note.
    public static func checkpoint(_ note: SignedNote, key: String) -> Printout {
        Printout(
            text: { _ in String(note.encoded.dropLast()) },
            json: { ["note": .string(note.encoded), "key": .string(key)] })
    }

    public static func serviceLevels(_ report: SLIReport) -> Printout {
        Printout(text: { _ in report.text }, json: { report.json })
    }

    /// What time access begins and ends by.
    public static func clock(_ reading: ClockReading) -> Printout {
        Printout(
            text: { ink in
                var table = TextTable("TIME", "SAYS", "WHAT FOLLOWS IT")
                table.add("machine", reading.clock.description, "-")
                table.add("installation", reading.now.description, "what ends")
                table.add("vouched for", reading.vouched.description, "what begins")
                return table.text(ink)
            },
            json: {
                [
                    "clock": .string(reading.clock.description), "now": .string(reading.now.description),
                    "vouched": .string(reading.vouched.description),
                    "lead": reading.lead.map { .string($0.description) } ?? .null,
                ]
            })
    }
}
