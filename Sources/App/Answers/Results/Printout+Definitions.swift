import ControlPlane

extension Printout {
    /// Which commit of the followed repository is in force.
    public static func followed(_ followed: FollowedDefinitions) -> Printout {
        Printout(
            text: { ink in
                guard followed.commit != nil || followed.problem != nil else { return "no repository is followed" }
                var table = TextTable("WHAT", "COMMIT", "SINCE", "")
                if let commit = followed.commit {
                    let signer = followed.signer.map { "signed by \($0)" } ?? ""
                    table.add("in force", commit, followed.since?.description ?? "-", signer)
                }
                if let problem = followed.problem {
                    table.add(problem.code.rawValue, problem.commit, problem.at.description, problem.message)
                }
                return table.text(ink)
            }, json: { followed.json })
    }

    /// One commit may be followed though it does not come from the one before.
    public static func accepted(_ commit: String, _ followed: FollowedDefinitions) -> Printout {
        Printout(
            text: { _ in nil }, json: { followed.json },
            remarks: { _ in [.note("\(commit) is followed as soon as the branch is looked at")] })
    }
}
