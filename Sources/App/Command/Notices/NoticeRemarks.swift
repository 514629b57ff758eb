import Answers
import Notices

/// What a command says of notices that did not go out. It alters nothing about how the command ends.
enum NoticeRemarks {
    static func complain(of result: Result<NoticeDelivery.Summary, any Error>) {
        switch result {
        case .success(let summary): complain(of: summary)
        case .failure(let error): Console.complain("warning: notices: \(TextTable.visible("\(error)"))")
        }
    }

    static func complain(of summary: NoticeDelivery.Summary) {
        for (channel, problem) in summary.problems.sorted(by: { $0.key < $1.key }) {
            Console.complain("warning: notices by \(channel): \(TextTable.visible(problem))")
        }
        if summary.givenUp > 0 {
            Console.complain("warning: \(summary.givenUp) notices were given up; see `tenure notice list --all`")
        }
    }
}
