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
        for complaint in summary.complaints { Console.complain(complaint) }
    }
}
