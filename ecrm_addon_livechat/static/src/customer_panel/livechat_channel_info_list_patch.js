import { LivechatChannelInfoList } from "@im_livechat/core/web/livechat_channel_info_list";
import { CustomerPanel } from "./customer_panel";

LivechatChannelInfoList.components = { ...LivechatChannelInfoList.components, CustomerPanel };
