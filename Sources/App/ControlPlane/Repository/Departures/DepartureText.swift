import AccessModel
import Forges
import Persistence

/// What a request for departures says: who, from where, why, and the cases. Nothing of what HR knows beside.
struct DepartureText {
    let text: RequestText

    init(_ departures: [DepartureList.Departure], cases: [DepartureRequestStore.Key: String], noun: String) {
        let title =
            departures.count == 1
            ? "Take \(departures[0].person) out of the tenants' files"
            : "Take \(departures.count) people out of the tenants' files"
        let lines = departures.flatMap { departure in
            let why = departure.isMove ? "has moved, and what was given before lapsed at \(departure.at)" : "has left"
            let known = cases[departure.key].map { ", case \($0)" } ?? ""
            return ["\(departure.person) \(why)\(known)"]
                + departure.entries.map { "    \($0.file), line \($0.line): \($0.email)" }
        }
        let isOne = departures.count == 1
        var parts = [
            "\(isOne ? "Somebody is" : "People are") named in the tenants' files who \(isOne ? "does" : "do") not belong "
                + "there any more:",
            PlanReport.fenced(lines.map(PlanReport.printed)),
            "Their access does not wait for this \(noun): it is taken away by their cases. This only makes the files say "
                + "what is so. Closed without being merged, it is not opened again.",
        ]
        if departures.contains(where: \.isMove) {
            parts.append(
                "Whoever moved and belongs to a tenant all the same keeps what was given there by `tenure people confirm "
                    + "PERSON TENANT`; this \(noun) is closed then.")
        }
        text = RequestText(title: title, body: parts.joined(separator: "\n\n"))
    }

    /// What stands below a request that is closed, since it says what is not so any more.
    ///
    /// - Parameters:
    ///   - gone: Who is not to be taken out any more.
    ///   - others: Who still is, at least of some of it: another request says of what.
    static func withdrawn(_ request: ChangeRequest, gone: [PersonID], others: [PersonID]) -> RequestText {
        let lines = gone.map { "\($0) is not to be taken out any more" } + others.map { "\($0) is proposed anew" }
        return RequestText(
            title: request.text.title,
            body: [
                ChangeRequest.withdrawnMark, "Closed by Tenure, since what it proposes is not so any more:",
                PlanReport.fenced(lines.map(PlanReport.printed)),
                "Somebody was confirmed, came back, left after a move, or is not named in the files any more.",
            ].joined(separator: "\n\n"))
    }
}
