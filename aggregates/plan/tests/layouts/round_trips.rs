//! Whatever a plan says, a document brings it back; what the other layouts can say, they bring back too.

use plan::layouts::{Layout, export, import};
use proptest::prelude::*;

use crate::plans::{any_plan, for_kiro, for_spec_kit, friendly, hostile, whole_plan};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_document_brings_back_whatever_a_plan_says(plan in any_plan(&hostile())) {
        let written = export(&plan, Layout::Document);
        let read = import(&written.files, Some(Layout::Document));
        let read = read.map_err(|problems| TestCaseError::fail(format!("{problems:#?}\n{}", written.files[0].text)))?;
        prop_assert_eq!(&read.plan, &plan, "{}", &written.files[0].text);
        prop_assert_eq!(written.lost, [""; 0]);
    }

    #[test]
    fn a_document_of_a_whole_plan_is_found_out(plan in whole_plan(&hostile())) {
        let written = export(&plan, Layout::Document);
        prop_assert_eq!(import(&written.files, None).map(|read| read.plan), Ok(plan));
    }

    #[test]
    fn kiro_brings_back_what_it_can_say(plan in whole_plan(&friendly()).prop_map(for_kiro)) {
        let written = export(&plan, Layout::Kiro);
        let texts = || written.files.iter().map(|file| &*file.text).collect::<Vec<_>>().join("\n=====\n");
        let empty = plan.requirements.requirements.is_empty() || plan.tasks.tasks.is_empty();
        prop_assert!(empty || written.lost.is_empty(), "{:?}\n{}", written.lost, texts());
    }

    #[test]
    fn spec_kit_brings_back_what_it_can_say(plan in whole_plan(&friendly()).prop_map(for_spec_kit)) {
        let written = export(&plan, Layout::SpecKit);
        let texts = || written.files.iter().map(|file| &*file.text).collect::<Vec<_>>().join("\n=====\n");
        let empty = plan.requirements.requirements.is_empty() || plan.tasks.tasks.is_empty();
        prop_assert!(empty || written.lost.is_empty(), "{:?}\n{}", written.lost, texts());
    }

    #[test]
    fn nothing_is_lost_in_silence(plan in whole_plan(&hostile())) {
        for layout in [Layout::Kiro, Layout::SpecKit] {
            let written = export(&plan, layout);
            // Written once, a plan has only what the layout can say: or the export has said that it cannot be read.
            match import(&written.files, Some(layout)) {
                Ok(read) if written.lost.is_empty() => {
                    prop_assert_eq!(read.plan.tasks.tasks.len(), plan.tasks.tasks.len());
                    for (is, was) in read.plan.tasks.tasks.iter().zip(&plan.tasks.tasks) {
                        prop_assert_eq!((&is.title, &is.description), (&was.title, &was.description));
                        prop_assert_eq!((&is.run, &is.validate), (&was.run, &was.validate));
                        prop_assert_eq!(&is.dependencies, &was.dependencies);
                    }
                }
                Ok(_) => {}
                Err(_) => prop_assert!(written.lost[0].starts_with("everything: "), "{:?}", written.lost),
            }
        }
    }

    #[test]
    fn no_text_makes_an_import_panic(texts in prop::collection::vec(hostile(), 1..30)) {
        let text = texts.join("\n");
        for layout in Layout::ALL {
            let names = match layout {
                Layout::Kiro => ["requirements.md", "design.md", "tasks.md"].as_slice(),
                Layout::SpecKit => ["spec.md", "plan.md", "tasks.md"].as_slice(),
                Layout::Document => ["x.md"].as_slice(),
            };
            let files: Vec<_> = names
                .iter()
                .map(|name| plan::layouts::File { path: (*name).to_owned(), text: text.clone() })
                .collect();
            if let Err(problems) = import(&files, Some(layout)) {
                prop_assert!(!problems.is_empty());
            }
        }
    }
}
