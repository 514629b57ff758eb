import Answers
import ControlPlane

/// Prints a sealed grant.
struct SealedText {
    let console: Console

    func print(_ standing: SealedBreakGlass.Standing) {
        if console.format == .json {
            console.print(standing.json.prettyText)
            return
        }
        let grant = standing.note.grant
        console.print("\(console.styled(grant.id, .bold))  \(standing.use.state)")
        console.print("who      \(grant.person) (\(grant.addresses[0]))")
        console.print("what     \(grant.group), \(grant.groupSlug) in \(grant.target), for \(grant.duration)")
        console.print("why      \(TextTable.visible(grant.reason))")
        console.print("sealed   \(grant.sealedAt) by \(TextTable.visible(grant.sealedBy))")
        console.print("valid    until \(grant.validUntil)")
        if let window = standing.use.window {
            console.print("window   \(window.lowerBound) to \(window.upperBound)")
        }
        if let signers = standing.signers {
            console.print(
                "signed   \(signers.isEmpty ? "by nobody who counts" : signers.map(\.text).joined(separator: ", "))")
        } else {
            console.print("signed   \(standing.note.isSigned ? "yes; --organization says by whom" : "no")")
        }
        if let problem = standing.problem { console.print(console.styled("not usable: \(problem)", .red)) }
        for receipt in standing.use.receipts {
            let note = receipt.note.isEmpty ? "" : "  \(TextTable.visible(receipt.note))"
            console.print("  \(receipt.at)  \(receipt.event.rawValue)  \(TextTable.visible(receipt.actor))\(note)")
        }
    }
}
