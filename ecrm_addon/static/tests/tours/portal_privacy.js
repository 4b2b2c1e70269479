import { registry } from "@web/core/registry";

const pressed = (id, state) => `#${id}[role=switch][aria-checked=${state}]`;
const press = (id, from, content) => [
    {
        content,
        trigger: pressed(id, from),
        run: "click",
        expectUnloadPage: true,
    },
    {
        content: "It says that it holds",
        trigger: ".o_ecrm_privacy .alert[role=status]:contains('Saved')",
    },
];

/** A customer stops one topic, pauses the rest, and decides what is recorded and worked out. */
registry.category("web_tour.tours").add("ecrm_portal_privacy", {
    url: "/my/privacy",
    steps: () => [
        {
            content: "Stop one topic",
            trigger: "#mails .o_ecrm_topic:first-child input[type=checkbox]:checked",
            run: "click",
        },
        {
            content: "Get another one less often",
            trigger: "#mails .o_ecrm_topic:nth-child(2) select",
            run: "select monthly",
        },
        {
            content: "Pause the rest",
            trigger: "#o_ecrm_pause",
            run: "select 60",
        },
        {
            content: "Save",
            trigger: "#mails button[type=submit]:not([name])",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It says so, and the topic is off",
            trigger:
                "#mails:has(.alert[role=status]:contains('Saved')) .o_ecrm_topic:first-child input:not(:checked)",
        },
        {
            content: "The other one comes less often, and there is a break",
            trigger: "#mails:contains('Paused until') .o_ecrm_topic:nth-child(2) select:value(monthly)",
        },
        ...press("o_ecrm_tracking_switch", "false", "Let visits be recorded on this browser"),
        {
            content: "They are",
            trigger: "#tracking:contains('are recorded'):not(:contains('not recorded'))",
        },
        ...press("o_ecrm_tracking_switch", "true", "Let no visits be recorded any more"),
        {
            content: "None is",
            trigger: "#tracking:contains('not recorded')",
        },
        ...press("o_ecrm_profile_switch", "true", "Object to figures"),
        ...press("o_ecrm_profile_switch", "false", "Allow them again"),
        {
            content: "It is on",
            trigger: pressed("o_ecrm_profile_switch", "true"),
        },
        {
            content: "What was said is listed with its words",
            trigger: "#history .o_ecrm_said details summary",
            run: "click",
        },
        {
            content: "They can be read",
            trigger: "#history .o_ecrm_said details[open] .o_ecrm_words",
        },
    ],
});
