import { CannedResponse } from "@mail/core/common/canned_response_model";
import { UseSuggestion } from "@mail/core/common/suggestion_hook";
import { Thread } from "@mail/core/common/thread_model";
import { patch } from "@web/core/utils/patch";

/**
 * Fill in the words in braces of a canned answer; a word that is not known stays as it is.
 *
 * @param {string} text such as "Hello {customer}"
 * @param {Object<string, string>} words
 */
export function fillIn(text, words) {
    return text.replace(/\{(\w+)\}/g, (braces, word) =>
        Object.hasOwn(words, word) ? words[word] : braces
    );
}

patch(CannedResponse.prototype, {
    setup() {
        super.setup(...arguments);
        /** By what agents find it. */
        this.ecrm_title = undefined;
    },
});

patch(Thread.prototype, {
    setup() {
        super.setup(...arguments);
        /** What stands for the words in braces, in the thread of a support request. */
        this.ecrm_words = undefined;
    },
});

patch(UseSuggestion.prototype, {
    insert(option) {
        const words = option.cannedResponse && this.thread?.ecrm_words;
        super.insert(words ? { ...option, label: fillIn(option.label, words) } : option);
    },
});
