//! Other spellings of names in the table, as services document them.
//!
//! Only what cannot give a wrong price: a spelling that means the same model.
//! A name without its date, `-latest` or a suffix is another model or may become
//! one, so those have rows of their own or are unknown. Names that a user made
//! up, such as those of deployments, are the user's to explain (`same_as`).

/// The name in the table that `model` is another spelling of.
pub(super) fn of<'a>(kind: &str, model: &'a str) -> Option<&'a str> {
    match kind {
        // The API's resource names: `models/gemini-2.5-pro` (ai.google.dev/api/models).
        "gemini" => model.strip_prefix("models/"),
        // An ARN ends in the id of a model, or of one of AWS's own profiles of it:
        // `arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.anthropic.claude-sonnet-4-6`.
        // A profile of the account's own has a made-up id.
        "bedrock" => {
            let (arn, id) = model.strip_prefix("arn:")?.rsplit_once('/')?;
            [":foundation-model", ":inference-profile"].iter().any(|of| arn.ends_with(of)).then_some(id)
        }
        // A tuned model, `ft:gpt-4o-2024-08-06:organisation:name:id`, is priced by what it
        // was tuned from (platform.openai.com/docs/guides/supervised-fine-tuning).
        "openai" => {
            let base = model.strip_prefix("ft:")?.split(':').next()?;
            model.get(.."ft:".len() + base.len())
        }
        _ => None,
    }
}
